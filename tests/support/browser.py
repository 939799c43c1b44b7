"""The browser that the page is tried in: an installed Chromium."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from support.processes import Serving

# What the browser itself says of an answer that is an error.
STATUS_SAID = "Failed to load resource"
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


@contextmanager
def watched(page: Page, at: Serving) -> Iterator[None]:
    """Let nothing fail on a page, nor be asked of another than its server."""
    wrong: list[str] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "pageerror": lambda error: wrong.append(str(error)),
        "console": lambda said: wrong.append(said.text),
        "request": lambda one: None if one.url.startswith(at.url) else wrong.append(one.url),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert [] == [each for each in wrong if not each.startswith(STATUS_SAID)]


@contextmanager
def watched_window(browser: Browser, at: Serving, **options: Any) -> Iterator[Page]:
    """A window of its own, which is watched, for as long as the block runs."""
    with closing(browser.new_context(base_url=at.url, **options)) as context:
        page = context.new_page()
        with watched(page, at):
            yield page
