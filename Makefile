# The commands of this project; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
ENV := .venv
LAB := .venv-lab
BENCH := .venv-bench
WAVES ?=

export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_NO_CONFIG := 1
# DVC and papermill run `python` by name: the environment's own comes first.
export PATH := $(CURDIR)/$(ENV)/bin:$(PATH)

## help         this list
help:
	@sed -n 's/^## /  make /p' Makefile

## report       bring all reports up to date and publish outputs/site (WAVES="no-web-2013": only these waves)
report: $(ENV)/.run
	@python -m analysis report --waves $(WAVES)

## test         what guards the project, in at most 15 minutes
test: $(ENV)/.test
	@ruff check .
	@ruff format --check --quiet .
	@mypy
	@python -m pytest -m "not slow"

## test-slow    what takes longer
test-slow: $(ENV)/.test
	@python -m pytest -m slow

## lab          JupyterLab with the notebooks, on data that is up to date
lab: report $(LAB)/.lab
	@$(LAB)/bin/jupyter lab --notebook-dir=notebooks

## open         show the published site in a browser
open:
	@test -f outputs/site/index.html || { echo "There is no site yet: run make report."; exit 1; }
	@$(PYTHON) -m webbrowser "file://$(CURDIR)/outputs/site/index.html"

## site-zip     pack the published site into outputs/site.zip, for a static host or a mail
site-zip: $(ENV)/.run
	@test -f outputs/site/index.html || { echo "There is no site yet: run make report."; exit 1; }
	@python -m analysis.reports.pack

## strip        take outputs out of the notebooks, as git wants them
strip: $(ENV)/.test
	@nbstripout --keep-id notebooks/*.ipynb

## bench        measure the pipeline (cold, nothing changed, one wave changed), the pages, and weighting against svy
bench: $(ENV)/.test bench-weighting
	@python -m benchmarks.pipeline
	@python -m benchmarks.pages

# SIZE=1e6 R=1: the full table, with R.
bench-weighting: $(BENCH)/.bench
	@$(BENCH)/bin/python -m benchmarks.weighting

## hashes       write the hashes of data/raw into its README, after looking at what changed
hashes: $(ENV)/.test
	@python -m tests.architecture.hashes

## lock         resolve the locks anew from pyproject.toml (for maintainers)
lock: $(ENV)/.run
	@PATH="$(ENV)/uv/bin:$(PATH)" sh requirements/lock.sh

$(ENV)/.run: requirements/run.lock requirements/bootstrap.lock pyproject.toml
	$(call environment,$(ENV),run)
	@touch $@

$(ENV)/.test: requirements/test.lock requirements/bootstrap.lock pyproject.toml
	$(call environment,$(ENV),test)
	@touch $(ENV)/.run $@

$(LAB)/.lab: requirements/lab.lock requirements/bootstrap.lock pyproject.toml
	$(call environment,$(LAB),lab)
	@touch $@

$(BENCH)/.bench: requirements/bench.lock requirements/bootstrap.lock pyproject.toml
	$(call environment,$(BENCH),bench)
	@touch $@

# $(1): the folder of the environment, $(2): the lock it is made from.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 is needed and $(PYTHON) is not it: install it, or say where it is with make PYTHON=..."; exit 1; }
	@echo "Making the environment $(1) from requirements/$(2).lock."
	@$(PYTHON) -m venv $(1) || { echo "Python's venv module is needed: install it (on Debian: python3.11-venv)."; exit 1; }
	@test -x $(1)/uv/bin/uv || $(1)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --target $(1)/uv -r requirements/bootstrap.lock
	@VIRTUAL_ENV="$(CURDIR)/$(1)" $(1)/uv/bin/uv pip sync --quiet --require-hashes requirements/$(2).lock
	@VIRTUAL_ENV="$(CURDIR)/$(1)" $(1)/uv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
endef

.PHONY: help report test test-slow lab open site-zip strip bench bench-weighting hashes lock
