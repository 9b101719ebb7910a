"""Reads pages as a browser would: what they load and run, what they say, and what axe finds."""

import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest


class Reader(HTMLParser):
    """Collects what a page would load or run, and the text that it shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found, self.text, self.pictures, self._quiet = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Look at what an element would do."""
        self._quiet = tag == "style"
        attributes = dict(attrs)
        if tag in ("script", "link", "iframe", "object", "base", "form"):
            self.found.append(tag)
        self.found += [name for name in attributes if name.startswith("on")]
        address = attributes.get("src") or attributes.get("xlink:href") or "#"
        if not address.startswith(("data:image/", "#")):
            self.found.append(address)
        if tag == "img":
            self.pictures.append(attributes)

    def handle_data(self, data):
        """Keep the text."""
        if not self._quiet:
            self.text.append(data)


def axe_findings(path: Path, scheme: str) -> list[str]:
    """Return what the axe rules find on a page, in a fresh process: its loop leaves no trace."""
    code = (
        "import sys\n"
        "from axe_playwright_python.sync_playwright import Axe\n"
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as tools:\n"
        "    browser = tools.chromium.launch(executable_path=sys.argv[1], args=['--no-sandbox'])\n"
        "    page = browser.new_page(color_scheme=sys.argv[3], bypass_csp=True)\n"
        "    page.goto(sys.argv[2])\n"
        "    page.evaluate('document.querySelectorAll(\"details\").forEach(d => d.open = true)')\n"
        "    for found in Axe().run(page).response['violations']:\n"
        "        parts = [node['html'][:150] for node in found['nodes']]\n"
        "        print(found['impact'], found['id'], parts[:4])\n"
        "    browser.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(shutil.which("chromium")), path.as_uri(), scheme],
        capture_output=True, text=True, timeout=120, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


needs_browser = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="no chromium on this machine"
)
