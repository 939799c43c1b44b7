"""The browser that the page is tried in: an installed Chromium."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where Chromium is installed; None where it is not."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def why_without_browser() -> str | None:
    """What is missing to try the page in a browser, or None."""
    if chromium() is None:
        return "no browser tests: Chromium is not installed (Debian: apt-get install chromium)"
    return None
