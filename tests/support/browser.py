"""What the browser tests share: a real JupyterLab server, a real Chromium, and how to use both."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOKEN = "a-token-for-tests"

# A busy machine may take long; a test that fails waits this long once.
expect.set_options(timeout=60_000)

needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on PATH: install it to drive JupyterLab in a browser"
)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: where it answers, and what it has written so far."""

    url: str
    log: Path

    def address(self, path: str) -> str:
        """Return the address of a page, the token included."""
        return f"{self.url}{path}?token={TOKEN}"


@contextlib.contextmanager
def serve(
    folder: Path, *command: str, home: Path | None = None, **environment: str
) -> Iterator[Server]:
    """Run a ``pawmark`` command that opens JupyterLab, as a person with a clean home would."""
    # JupyterLab opens the tabs of last time again, so every server gets a home of its own.
    home = home or Path(tempfile.mkdtemp(prefix="home-", dir=folder.parent))
    log = home / "lab.log"
    options = ["--no-browser", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={TOKEN}", "--allow-root"]
    own = {
        f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    own |= {"IPYTHONDIR": str(home / "ipython"), "NO_COLOR": "1"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = "from pawmark.cli import main; main()"
    environment = os.environ | own | {"PATH": path} | environment
    argv = [sys.executable, "-c", program, *command, *options]
    port, process = _launch(argv, folder, environment, log)
    try:
        yield Server(f"http://127.0.0.1:{port}", log)
    finally:
        _stop(port, process)


def _launch(
    argv: list[str], folder: Path, environment: dict[str, str], log: Path
) -> tuple[int, subprocess.Popen]:
    """Start a server and wait for it; again where another program took its port meanwhile."""
    for _ in range(3):
        port = _free_port()
        with log.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [*argv, f"--ServerApp.port={port}"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", log)
        if _answers(server, process):
            return port, process
        if process.poll() is None:  # else whoever answers there is a stranger
            _stop(port, process)
        if "in use" not in log.read_text(encoding="utf-8"):
            break
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _answers(server: Server, process: subprocess.Popen, seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(server.address("/api/status"), timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _stop(port: int, process: subprocess.Popen) -> None:
    """Ask the server to end its kernels and itself, as File > Shut Down does."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/shutdown",
        method="POST",
        headers={"Authorization": f"token {TOKEN}"},
    )
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=10):
        pass
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def chromium(colours: str = "light") -> Iterator[Page]:
    """Open a page in Chromium; ``colours`` is what the person's system prefers."""
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser: Browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-gpu", "--disable-dev-shm-usage", *sandbox]
        )
        context = browser.new_context(
            viewport={"width": 1280, "height": 1000}, color_scheme=colours
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        try:
            yield page
        except Exception:
            screenshot(page, "failed")
            raise
        finally:
            browser.close()


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the page, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path


class Notebook:
    """An open notebook in JupyterLab, used as a person uses it: by clicks and keys."""

    def __init__(self, page: Page, ids: list[str]) -> None:
        self.page, self.ids = page, ids

    @classmethod
    def open(cls, page: Page, server: Server, ids: list[str]) -> "Notebook":
        """Open the page that the server starts with, and wait until the kernel is there."""
        page.goto(server.address(""))
        notebook = cls(page, ids)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        # Until the kernel has come, JupyterLab draws its cells again and again.
        expect(page.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3")
        notebook.wait_until_idle()
        return notebook

    def cell(self, cell_id: str) -> Locator:
        """Return a cell, scrolled to: JupyterLab draws those that are near the window."""
        index = self.ids.index(cell_id)
        cell = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
        try:
            cell.scroll_into_view_if_needed()
        except Error:  # drawn again at this very moment
            cell.scroll_into_view_if_needed()
        return cell

    def write(self, cell_id: str, code: str) -> None:
        """Replace the code of a cell."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)

    def run(self, *cell_ids: str) -> Locator:
        """Run cells one after another; return the output of the last one."""
        for cell_id in cell_ids:
            self.start(cell_id)
            self.wait_until_done(cell_id)
        return self.output(cell_ids[-1])

    def start(self, cell_id: str) -> None:
        """Run a cell and do not wait for its end."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def output(self, cell_id: str) -> Locator:
        """Return what a cell shows below its code."""
        return self.cell(cell_id).locator(".jp-Cell-outputArea")

    def wait_until_done(self, cell_id: str, seconds: float = 120) -> None:
        """Wait until a cell that was started has got its number."""
        prompt = self.cell(cell_id).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=seconds * 1000)
        self.wait_until_idle(seconds)

    def wait_until_idle(self, seconds: float = 120) -> None:
        """Wait until the kernel has nothing to do."""
        sign = self.page.locator(".jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator")
        expect(sign).to_have_attribute("data-status", "idle", timeout=seconds * 1000)

    def toolbar(self, name: str) -> Locator:
        """Return a button of the notebook's toolbar by its words."""
        return self.page.locator(".jp-NotebookPanel-toolbar").get_by_text(name, exact=True)


__all__ = [
    "ROOT",
    "Notebook",
    "Server",
    "chromium",
    "expect",
    "needs_browser",
    "screenshot",
    "serve",
]
