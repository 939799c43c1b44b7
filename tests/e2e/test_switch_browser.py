"""The percentages of an answer, switched in place in headless Chromium against the real server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect
from support.browser import Visit, serious
from support.databases import load
from support.processes import Serving, serving

EXECUTIVES, DEVELOPERS = "11-1011.00", "15-1254.00"
GAP = f"/?from={EXECUTIVES}&to={DEVELOPERS}"
KNOWLEDGE, ABILITIES = f"{GAP}&domain=knowledge", f"{GAP}&domain=abilities"
BY_TITLE = "/?from=Chief+Executives&to=Web+Developers"
AT_REST = "new Promise((done) => requestIdleCallback(done))"
FETCHED = """count => count === performance.getEntriesByType("resource")
    .filter((one) => one.initiatorType === "fetch").length"""
LATER = "const now = Date.now; Date.now = () => now() + 61000"

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def database(three_rated_domains: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("three")
    return load(f"sqlite:///{folder / 'skillgap.db'}", three_rated_domains)


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("server"), worker=False, DATABASE_URL=database) as running:
        yield running


@pytest.fixture
def ready(visit: Visit) -> Visit:
    """Opens an answer, and waits until the pages of all three percentages are there."""

    def ready(target: str = GAP, **options: Any) -> Page:
        page = visit(target, **options)
        await_fetches(page)
        return page

    return ready


def await_fetches(page: Page, count: int = 3) -> None:
    """Wait until so many fetches of a page have ended, well or not, and it took what they gave."""
    page.wait_for_function(FETCHED, arg=count)
    page.evaluate(AT_REST)


def is_fetched(request: Request) -> bool:
    return request.resource_type == "fetch"


def share(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Compared by").get_by_role("link", name=name)


def asked_by(page: Page) -> list[str]:
    """What the page asks for from now on, of the server or of what the browser keeps.

    But for its icon, which Chromium looks up in what it keeps whenever the address changes.
    """
    asked: list[str] = []

    def note(one: Request) -> None:
        if "favicon.svg" not in one.url:
            asked.append(f"{one.resource_type} {one.url}")

    page.on("request", note)
    return asked


def shows(page: Page, domain: str) -> None:
    """Expect an answer in a domain, whole: address, words, table, form and what is current."""
    expect(page).to_have_title("Chief Executives to Web Developers · Skill gap")
    expect(page.get_by_text("Chief Executives already have 88 %")).to_contain_text(f"in {domain}")
    expect(page.get_by_role("table", name=f"Gaps in {domain} from")).to_be_visible()
    expect(page.locator(".share[aria-current]")).to_have_text(f"{domain.capitalize()} 88 %")
    expect(page.locator(".held")).to_contain_text(domain)
    kept = [] if domain == "skills" else [domain]
    sent = "one => new FormData(one).getAll('domain')"
    assert kept == page.locator("[data-asks]").evaluate(sent)
    assert domain == page.locator("[data-asks]").get_attribute("data-domain")


def test_another_percentage_is_shown_at_a_click_without_a_request(ready: Visit) -> None:
    page = ready()
    asked = asked_by(page)

    share(page, "Knowledge").click()
    shows(page, "knowledge")
    assert page.url.endswith(KNOWLEDGE)
    expect(share(page, "Knowledge")).to_be_focused()
    share(page, "Abilities").click()
    shows(page, "abilities")
    share(page, "Skills").click()
    shows(page, "skills")
    assert page.url.endswith(GAP)
    page.evaluate(AT_REST)
    assert [] == asked


def test_back_and_forward_show_what_was_there_as_it_was_left(ready: Visit) -> None:
    page = ready(BY_TITLE)
    asked = asked_by(page)

    page.get_by_text("What carries over (24)").click()
    share(page, "Knowledge").click()
    share(page, "Abilities").click()
    shows(page, "abilities")
    page.go_back()
    shows(page, "knowledge")
    expect(share(page, "Knowledge")).to_be_focused()
    expect(page.get_by_role("rowheader", name="Critical Thinking")).to_be_hidden()
    page.go_back()
    shows(page, "skills")
    assert page.url.endswith(BY_TITLE)
    expect(page.get_by_role("rowheader", name="Critical Thinking")).to_be_visible()
    page.go_forward()
    shows(page, "knowledge")
    assert page.url.endswith(KNOWLEDGE)
    assert [] == asked


def test_a_reload_and_a_page_between_leave_back_right(ready: Visit) -> None:
    page = ready()

    share(page, "Knowledge").click()
    share(page, "Abilities").click()
    page.reload()
    shows(page, "abilities")
    page.go_back()
    shows(page, "knowledge")
    page.get_by_role("link", name="The other way round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Web Developers to Chief Executives")
    page.go_back()
    shows(page, "knowledge")
    page.go_back()
    shows(page, "skills")


def test_by_keyboard_the_focus_goes_on_from_the_percentage_that_is_shown(ready: Visit) -> None:
    page = ready()
    asked = asked_by(page)

    share(page, "Skills").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    shows(page, "knowledge")
    expect(share(page, "Knowledge")).to_be_focused()
    page.keyboard.press("Tab")
    expect(share(page, "Abilities")).to_be_focused()
    page.keyboard.press("Enter")
    shows(page, "abilities")
    page.keyboard.press("Shift+Tab")
    expect(share(page, "Knowledge")).to_be_focused()
    assert [] == asked


@pytest.mark.parametrize("how", [{"modifiers": ["Control"]}, {"button": "middle"}], ids=str)
def test_a_click_that_opens_another_tab_is_left_to_the_browser(
    ready: Visit, how: dict[str, Any]
) -> None:
    page = ready()

    with page.context.expect_page() as opened:
        share(page, "Knowledge").click(**how)
    shows(opened.value, "knowledge")
    shows(page, "skills")
    assert page.url.endswith(GAP)


def test_what_was_typed_in_the_form_stays_and_is_asked_in_the_domain_shown(ready: Visit) -> None:
    page = ready()
    page.get_by_text("Compare other jobs").click()
    field = page.get_by_role("combobox", name="The job you want")
    field.fill("nurse")
    expect(page.get_by_role("option")).to_have_count(8)

    share(page, "Knowledge").click()
    expect(field).to_have_value("nurse")
    with page.expect_request("**/occupations?*domain=knowledge*"):
        field.fill("nurses")
    page.get_by_role("option", name="Registered Nurses").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table", name="Gaps in knowledge from Chief")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("to Registered Nurses")


def test_the_link_to_the_percentage_that_is_shown_can_be_copied(ready: Visit) -> None:
    page = ready(permissions=["clipboard-read", "clipboard-write"])

    share(page, "Knowledge").click()
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(KNOWLEDGE)
    page.go_back()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(GAP)


def failed(route: Route) -> None:
    route.abort() if is_fetched(route.request) else route.continue_()


def refused(route: Route) -> None:
    route.fulfill(status=503) if is_fetched(route.request) else route.continue_()


def of_another_version(route: Route) -> None:
    if is_fetched(route.request):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("switch.js?v=", "switch.js?v=0"))
    else:
        route.continue_()


@pytest.mark.parametrize("happens", [failed, refused, of_another_version])
def test_where_a_page_did_not_come_as_it_should_the_link_leads_to_it(
    visit: Visit, happens: Callable[[Route], None]
) -> None:
    page = visit("about:blank")
    page.route("**/?from=*", happens)
    page.goto(GAP)
    await_fetches(page)

    with (
        page.expect_navigation(url=f"**{KNOWLEDGE}"),
        page.expect_request(lambda one: one.is_navigation_request()),
    ):
        share(page, "Knowledge").click()
    shows(page, "knowledge")


def test_a_page_that_has_become_too_old_is_asked_for_by_the_link(ready: Visit) -> None:
    page = ready()
    page.evaluate(LATER)

    with page.expect_request(lambda one: one.is_navigation_request()):
        share(page, "Knowledge").evaluate("one => one.click()")
    shows(page, "knowledge")


def test_pages_that_have_become_too_old_are_fetched_anew_as_a_link_is_neared(ready: Visit) -> None:
    page = ready()
    page.evaluate(LATER)

    share(page, "Knowledge").hover()
    await_fetches(page, 6)
    asked = asked_by(page)
    share(page, "Knowledge").click()
    shows(page, "knowledge")
    share(page, "Abilities").click()
    shows(page, "abilities")
    assert [] == asked


def test_a_place_within_the_page_is_no_other_page(ready: Visit) -> None:
    page = ready()
    share(page, "Knowledge").click()
    asked = asked_by(page)

    page.get_by_role("link", name="Skip to the answer").press("Enter")
    assert page.url.endswith(f"{KNOWLEDGE}#main")
    page.go_back()
    shows(page, "knowledge")
    page.go_back()
    shows(page, "skills")
    assert [] == asked


def test_axe_finds_nothing_serious_after_a_switch(ready: Visit) -> None:
    page = ready(bypass_csp=True)
    share(page, "Knowledge").click()
    shows(page, "knowledge")

    assert [] == serious(page)


def test_without_scripts_the_percentages_are_links(visit: Visit) -> None:
    page = visit(GAP, java_script_enabled=False)

    share(page, "Knowledge").click()
    expect(page.get_by_role("table", name="Gaps in knowledge from")).to_be_visible()
    assert page.url.endswith(KNOWLEDGE)
    page.go_back()
    expect(page.get_by_role("table", name="Gaps in skills from")).to_be_visible()


def test_browsers_may_show_a_page_for_a_minute_and_caches_in_front_ask_each_time(
    server: Serving,
) -> None:
    first, again = server.get(GAP), server.get(GAP)
    for answer in (first, again, server.get(KNOWLEDGE), server.get(ABILITIES)):
        assert "max-age=60, s-maxage=0" == answer.headers["Cache-Control"]
    same = server.get(GAP, headers={"If-None-Match": again.headers["ETag"]})
    assert (304, first.headers["Cache-Control"]) == (
        same.status_code,
        same.headers["Cache-Control"],
    )
    for target in ("/", f"/?from={EXECUTIVES}"):
        assert "no-cache" == server.get(target).headers["Cache-Control"]


def test_where_others_may_keep_nothing_no_page_is_fetched_ahead(
    visit: Visit, database: str, tmp_path: Path
) -> None:
    with serving(tmp_path, worker=False, DATABASE_URL=database, CACHE_MAX_AGE="0") as strict:
        assert "no-cache" == strict.get(GAP).headers["Cache-Control"]
        page = visit("about:blank", at=strict)
        asked = asked_by(page)
        page.goto(GAP)
        page.evaluate(AT_REST)
        expect(page.locator("[data-ahead]")).to_have_count(0)
        assert [] == [one for one in asked if one.startswith("fetch")]
        share(page, "Knowledge").click()
        shows(page, "knowledge")
        page.context.close()


def test_a_percentage_that_is_not_here_yet_is_not_fetched_ahead(
    visit: Visit, starter: Serving
) -> None:
    page = visit("about:blank", at=starter)
    asked = asked_by(page)
    page.goto(GAP)
    page.evaluate(AT_REST)

    expect(share(page, "Knowledge")).to_contain_text("not here yet")
    expect(page.locator("[data-ahead]")).to_have_count(0)
    assert [] == [one for one in asked if one.startswith("fetch")]
    assert "no-cache" == starter.get(GAP).headers["Cache-Control"]
