"""Takes the pictures of the page from the running product, served from the starter data."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the browser that is found is the tests'

from support.browser import chromium  # noqa: E402
from support.mysql_server import free_port  # noqa: E402

VIEW = "/?from=29-1141.00&to=15-1211.01"
PICTURES = (
    ("screenshot.png", 1280, 980, "light"),
    ("screenshot-phone.png", 390, 1300, "dark"),
)
"""File in docs/, width and height of the window in pixels, and scheme."""
SECONDS = 60
"""What the server may take to start."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the starter data from a temporary database until the block ends; yields the address."""
    port = free_port()
    with TemporaryDirectory() as folder:
        settings = {"DATABASE_URL": f"sqlite:///{folder}/skillgap.db", "PORT": str(port)}
        environment = os.environ | settings
        command = [sys.executable, "-m", "flask"]
        for arguments in (["db", "upgrade"], ["seed", "data"]):
            subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own commands
        server = subprocess.Popen([*command, "serve"], cwd=ROOT, env=environment)  # noqa: S603
        try:
            wait_for(f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> None:
    """Return once the address answers.

    Raises:
        URLError: where it does not in time.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            urlopen(address).close()  # noqa: S310 - our own server
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Take the pictures."""
    program = chromium()
    if program is None:
        sys.exit("Chromium is needed: install it (Debian: apt-get install chromium)")
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, width, height, scheme in PICTURES:
            size = {"width": width, "height": height}
            page = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(address + VIEW)
            page.screenshot(path=ROOT / "docs" / name)
        browser.close()


if __name__ == "__main__":
    main()
