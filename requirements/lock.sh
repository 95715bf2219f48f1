#!/bin/sh
# Resolve pyproject.toml once with everything in it, then write the locks from that one solution, so that the same
# package has the same version in each. The locks hold hashes and name no package index.
set -eu
cd "$(dirname "$0")/.."
compile() {
    out="$1"
    shift
    uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
        --python-version 3.11 "$@" --output-file "$out"
}
all=$(mktemp)
trap 'rm -f "$all" "$all.pins"' EXIT
compile "$all" pyproject.toml --extra build --extra bench --extra lab --extra test
sed -e '/--hash/d' -e 's/ \\$//' "$all" >"$all.pins"
compile requirements/run.lock pyproject.toml --extra build --constraint "$all.pins"
compile requirements/test.lock pyproject.toml --extra build --extra test --constraint "$all.pins"
compile requirements/lab.lock pyproject.toml --extra build --extra lab --constraint "$all.pins"
compile requirements/bench.lock pyproject.toml --extra build --extra bench --constraint "$all.pins"
