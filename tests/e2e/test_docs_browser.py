"""/docs in headless Chromium: it works under its own policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support.processes import Serving, serving

pytestmark = pytest.mark.browser
TOKEN = "a-token"


@pytest.fixture
def server(starter_url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, worker=False, DATABASE_URL=starter_url, ADMIN_TOKEN=TOKEN) as server:
        yield server


def test_an_operator_asks_with_the_token_and_nothing_breaks_the_policy(
    browser: Browser, server: Serving
) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server.url}/docs/")
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(TOKEN)
    page.locator(".auth-container button.authorize").click()
    page.locator(".auth-container button.btn-done").click()
    operation = page.locator(".opblock", has=page.get_by_text("/admin/cache", exact=True))
    operation.locator(".opblock-summary-control").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text(
        "200"
    )

    assert [] == said
