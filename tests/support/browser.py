"""The browser that the page is tried in, an installed Chromium, and what it finds wrong there."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from support.processes import Serving

# What the browser itself says of an answer that is an error.
STATUS_SAID = "Failed to load resource"
Visit = Callable[..., Page]
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
def visits(browser: Browser, server: Serving) -> Iterator[Visit]:
    """What opens an address in a window of its own, which is watched until the block ends."""
    with ExitStack() as stack:

        def visit(target: str, width: int = 1280, at: Serving = server, **options: Any) -> Page:
            options["viewport"] = {"width": width, "height": 900}
            context = stack.enter_context(closing(browser.new_context(base_url=at.url, **options)))
            page = context.new_page()
            stack.enter_context(watched(page, at))
            page.goto(target)
            return page

        yield visit


def serious(page: Page, *rules: str) -> list[str]:
    """The rules that axe-core finds broken and calls serious or critical.

    Looked at are these rules, or else all for WCAG 2.2 AA and for good practice.
    """
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
    # The rest, every node that keeps a rule above all, would take as long again to describe.
    options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]
