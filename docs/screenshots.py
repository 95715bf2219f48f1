"""Takes the pictures of the README from the published site: `python docs/screenshots.py` after `make report`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent
SITE = DOCS.parent / "outputs" / "site"
PICTURES = {"results-2013.png": "no-web-2013/05_results.en.html"}
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run".split()

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    for name, page in PICTURES.items():
        view = browser.new_page(viewport={"width": 1100, "height": 1000})
        view.goto((SITE / page).as_uri())
        view.screenshot(path=DOCS / name)
    browser.close()
