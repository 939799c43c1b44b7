"""The browser that the page is tried in: an installed Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where Chromium is installed; None where it is not."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def why_without_browser() -> str | None:
    """What is missing to try the page in a browser, or None."""
    if chromium() is None:
        return "no browser tests: Chromium is not installed (Debian: apt-get install chromium)"
    return None


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser for as long as the block runs."""
    with sync_playwright() as driver:
        # Root in a container has no sandbox of Chromium's.
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with closing(browser):
            yield browser
