"""The page in headless Chromium against the real server: by keyboard, on paper, without scripts."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from support.browser import Visit, serious, watched
from support.canary import CANARY
from support.databases import load
from support.processes import Serving, serving

from onet_client.sandbox import Fault, ReleaseTables, Sandbox

EXECUTIVES, DEVELOPERS = "11-1011.00", "15-1254.00"
HAVE, WANT = "The job you have", "The job you want"
OTHERS = "Compare other jobs"
GAP = f"/?from={EXECUTIVES}&to={DEVELOPERS}"
ZONED = ("13-1071.00", "29-1141.00", "41-2031.00")
NAMED = {"2.B.3.e": "Programming", "2.A.2.a": "Critical Thinking"}
UNRATED, UNREAD = "15-1252.00", "15-2051.00"


class State(NamedTuple):
    """An address of one of the servers, and what the page says there."""

    server: str
    target: str
    words: str


STATES = {
    "empty": State("starter", "/", "Or begin with one of these"),
    "one named": State("starter", f"/?from={EXECUTIVES}", "One more occupation"),
    "answer": State("starter", GAP, "Chief Executives already have 88 %"),
    "from others": State("starter", f"{GAP}&direction=from", "Who could become Web"),
    "job zones": State("with_zones", f"{GAP}&job_zone=3", "in job zone 3, of"),
    "same twice": State("starter", f"/?from={EXECUTIVES}&to={EXECUTIVES}", "Both are Chief Exec"),
    "no gaps": State("starter", f"/?from={EXECUTIVES}&to=13-1071.00", "there is no gap."),
    "candidates": State("starter", f"/?from=nurse&to={EXECUTIVES}", "It could be:"),
    "doubts": State("starter", "/?from=nurse&to=analyst", "Choose one of each."),
    "no such title": State("starter", f"/?from=xyzzy&to={EXECUTIVES}", "is called “xyzzy”"),
    "unknown": State("starter", f"/?from={EXECUTIVES}&to=15-9999.00", "has no occupation 15-9999"),
    "not configured": State("starter", f"/?from={EXECUTIVES}&to={UNREAD}", "are not here"),
    "no ratings": State("without_upstream", f"/?from={EXECUTIVES}&to={UNRATED}", "No skills rat"),
    "upstream down": State(
        "without_upstream", f"/?from={EXECUTIVES}&to={UNREAD}", "be fetched now"
    ),
    "database down": State("without_database", GAP, "cannot reach its database"),
}
COLOUR = "one => getComputedStyle(one).backgroundColor"

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def with_zones(
    starter_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """A server of the starter release with three job zones, two of which have names, and words."""
    folder = tmp_path_factory.mktemp("with_zones")
    release = Path(shutil.copytree(starter_release, folder / "release"))
    zones = "".join(f"{code}\t{zone}\n" for zone, code in enumerate(ZONED, 2))
    (release / "Job Zones.txt").write_text(f"O*NET-SOC Code\tJob Zone\n{zones}", encoding="utf-8")
    names = "2\tJob Zone 1-2: Very Little to Some Preparation Needed\n3\tJob Zone Three: Medium\n"
    reference = release / "Job Zone Reference.txt"
    reference.write_text(f"Job Zone\tName\n{names}", encoding="utf-8")
    words = [f"{key}\t{name}\tIt is {name.lower()}." for key, name in NAMED.items()]
    meanings = release / "Content Model Reference.txt"
    meanings.write_text("\n".join(["Element ID\tElement Name\tDescription", *words, ""]), "utf-8")
    url = load(f"sqlite:///{folder / 'skillgap.db'}", release)
    with serving(folder, worker=False, DATABASE_URL=url) as running:
        yield running


@pytest.fixture(scope="module")
def without_upstream(
    starter_url: str, release: ReleaseTables, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """A server whose upstream told that nobody rated one occupation, and has gone since."""
    folder = tmp_path_factory.mktemp("without_upstream")
    copy = folder / "skillgap.db"
    with (
        closing(sqlite3.connect(starter_url.removeprefix("sqlite:///"))) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    with Sandbox(release) as upstream:
        settings = {
            "DATABASE_URL": f"sqlite:///{copy}",
            "ONET_API_URL": upstream.url,
            "ONET_API_KEY": CANARY,
            "ONET_DEADLINE": "2",
        }
        with serving(folder, worker=False, **settings) as running:
            answer = running.get(f"/occupations/{UNRATED}")
            assert "urn:problem-type:skillgap:no-ratings" == answer.json()["type"]
            upstream.set_faults(Fault(status=503))
            yield running


@pytest.fixture(scope="module")
def without_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("without_database")
    with serving(folder, worker=False, DATABASE_URL=f"sqlite:///{folder / 'empty.db'}") as running:
        yield running


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """A window for one state after the other: to open one takes longer than to look at it."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def test_a_title_is_typed_chosen_by_keyboard_and_compared(visit: Visit) -> None:
    page = visit("/")

    page.get_by_label(HAVE).focus()
    page.keyboard.type("chief exec")
    options = page.get_by_role("option")
    expect(options.first).to_have_text("Chief Executives")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_label(HAVE)).to_have_value("Chief Executives")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.type("web dev")
    expect(options.first).to_contain_text("Web Developers")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label(WANT)).to_have_value("Web Developers")
    page.get_by_role("button", name="Compare").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Chief Executives to Web Developers")
    readiness = page.get_by_role("region", name="Readiness")
    expect(readiness.get_by_text("88 %", exact=True)).to_be_visible()
    assert page.url.endswith("/?from=Chief+Executives&to=Web+Developers")


def test_the_list_of_suggestions_follows_the_keys_of_a_combobox(visit: Visit) -> None:
    page = visit("/")
    field, options = page.get_by_role("combobox", name=HAVE), page.get_by_role("option")

    field.press_sequentially("manager")
    expect(options).to_have_count(8)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "from-options-7")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(field).not_to_have_attribute("aria-activedescendant", "from-options-0")
    page.keyboard.type("qqqq")
    expect(field).to_have_value("qqqqmanager")
    expect(options).to_have_count(0)
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")


def test_an_option_can_be_clicked_and_leaving_the_field_closes_the_list(visit: Visit) -> None:
    page = visit("/")
    field = page.get_by_role("combobox", name=WANT)

    field.press_sequentially("nurse")
    option = page.get_by_role("option", name="Registered Nurses")
    at_rest = option.evaluate(COLOUR)
    option.click(button="right")
    expect(field).to_have_value("nurse")
    assert at_rest != option.evaluate(COLOUR)
    option.click()
    expect(field).to_have_value("Registered Nurses")
    field.fill("nurse")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.get_by_role("combobox", name=HAVE).focus()
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_what_was_marked_or_offered_for_an_older_text_cannot_be_chosen(visit: Visit) -> None:
    page = visit("/")
    field, options = page.get_by_role("combobox", name=HAVE), page.get_by_role("option")
    page.route("**/occupations?q=nurses&*", lambda _: None)  # never answered

    field.press_sequentially("nurse")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowDown")
    with page.expect_request("**/occupations?q=nurses&*"):
        page.keyboard.type("s")
        expect(field).not_to_have_attribute("aria-activedescendant", "from-options-0")
        expect(field).to_have_attribute("aria-expanded", "false")
    expect(options).to_have_count(0)
    page.keyboard.press("Backspace")
    expect(options).to_have_count(8)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    expect(field).to_have_value("")


def test_a_field_says_what_is_found_only_while_that_holds(visit: Visit) -> None:
    page = visit("/")
    field = page.get_by_role("combobox", name=HAVE)
    said = page.locator("[data-field] [role=status]").first
    page.route("**/occupations?q=nu&*", lambda route: route.fulfill(status=503))
    page.route("**/occupations?q=nur&*", lambda route: route.abort())

    for text, words, box in (
        ("nurse", "8 suggestions; choose with the arrow keys.", 1),
        ("n", "", 1),
        ("xyzzyq", "No occupation is found by this. Try other words, or fewer letters.", 24),
        ("", "", 1),
        ("nu", "Titles cannot be looked up now. Type the title whole, or try again", 24),
        ("", "", 1),
        ("nur", "Titles cannot be looked up now. Type the title whole, or try again", 24),
    ):
        field.fill(text)
        expect(said).to_contain_text(words) if words else expect(said).to_be_empty()
        shown = said.bounding_box()
        assert shown is not None
        assert (box > 1) == (shown["height"] > 1), text
    field.fill("nurse")
    expect(said).to_contain_text("8 suggestions")
    page.keyboard.press("Tab")
    expect(said).to_be_empty()


def test_an_answer_that_comes_late_does_not_replace_a_later_one(visit: Visit) -> None:
    page = visit("/")
    held: list[Route] = []
    page.route("**/occupations?q=nu&*", lambda route: held.append(route))  # noqa: PLW0108 - no builtin
    field, options = page.get_by_role("combobox", name=HAVE), page.get_by_role("option")

    with page.expect_request("**/occupations?q=nu&*"):
        field.press_sequentially("nu")
    field.press_sequentially("qqqq")
    expect(page.get_by_text("No occupation is found by this.")).to_be_visible()
    for route in held:
        route.abort()
    expect(options).to_have_count(0)


def test_while_an_answer_is_made_the_page_says_so_until_that_is_stopped(visit: Visit) -> None:
    page = visit(GAP)
    page.route("**/?from=*", lambda _: None)  # never answered
    # In the page itself, since what drives the browser waits while there is no answer.
    first, second, stopped = page.evaluate("""async () => {
        const form = document.forms[0];
        const compare = () => document.querySelector(".compare").click();
        const seen = [];
        for (const step of [compare, compare, () => window.stop()]) {
            step();
            await new Promise((done) => setTimeout(done, 100));
            seen.push([form.className, form.lastElementChild.textContent]);
        }
        return seen;
    }""")

    assert "busy" == first[0] == second[0]
    assert first[1].startswith("Comparing. Figures that are not stored here yet")
    assert ["", ""] == stopped


def test_a_page_that_is_not_told_of_a_stop_waits_no_longer_than_an_answer_takes(
    visit: Visit,
) -> None:
    page = visit(GAP)
    page.clock.install()
    page.evaluate("document.forms[0].addEventListener('submit', (one) => one.preventDefault())")
    comparing = page.get_by_text("Comparing. Figures that are not stored here yet")

    page.get_by_text(OTHERS).click()
    page.get_by_role("button", name="Compare").click()
    expect(comparing).to_be_visible()
    page.clock.fast_forward(45_000)
    expect(comparing).to_have_count(0)


def test_swapping_going_back_and_reloading_keep_what_was_asked(visit: Visit) -> None:
    page = visit(GAP)
    heading = page.get_by_role("heading", level=1)

    page.get_by_text(OTHERS).press("Enter")
    page.get_by_role("button", name="Swap").click()
    expect(heading).to_have_text("Web Developers to Chief Executives")
    page.reload()
    expect(heading).to_have_text("Web Developers to Chief Executives")
    page.go_back()
    expect(heading).to_have_text("Chief Executives to Web Developers")
    expect(page.get_by_label(HAVE)).to_have_value("Chief Executives")
    page.get_by_role("link", name="The other way round").click()
    expect(heading).to_have_text("Web Developers to Chief Executives")


def test_a_next_step_is_followed_and_what_was_asked_comes_back(visit: Visit) -> None:
    page = visit(GAP)
    heading = page.get_by_role("heading", level=1)
    step = page.get_by_role("region", name="Next steps").locator("ol > li").first
    title = step.get_by_role("link").text_content()
    assert title != "Web Developers"

    step.get_by_role("link").press("Enter")
    expect(heading).to_have_text(f"Chief Executives to {title}")
    page.reload()
    expect(heading).to_have_text(f"Chief Executives to {title}")
    page.get_by_role("link", name=f"Who could become {title}").click()
    expect(page.get_by_role("heading", name=f"Who could become {title}")).to_be_in_viewport()
    page.go_back()
    page.go_back()
    expect(heading).to_have_text("Chief Executives to Web Developers")


def test_a_job_zone_is_chosen_of_those_that_are_held(visit: Visit, with_zones: Serving) -> None:
    page = visit(GAP, at=with_zones)
    steps = page.get_by_role("region", name="Next steps")
    zones = steps.get_by_role("list", name="Job zone")

    offered = ["any", "2: Very Little to Some Preparation Needed", "3: Medium", "4"]
    expect(zones.get_by_role("listitem")).to_have_text(offered)
    zones.get_by_role("link", name="3: Medium").click()
    expect(zones.locator("[aria-current]")).to_have_text("3: Medium")
    expect(steps.locator("ol > li")).to_have_count(1)
    expect(steps.locator("ol > li")).to_contain_text("job zone 3: Medium")
    zones.get_by_role("link", name="any").click()
    expect(steps.locator("ol > li")).to_have_count(10)


def test_what_both_may_mean_is_chosen_on_one_page_by_keyboard(visit: Visit) -> None:
    page = visit("/?from=nurse&to=analyst")
    expect(page.get_by_label(HAVE)).to_be_focused()

    for group in page.get_by_role("group").all():
        group.get_by_role("radio").first.press("Space")
    page.get_by_role("button", name="Compare these").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Registered Nurses to ")


def test_a_list_that_scrolls_does_not_take_the_focus_along_when_it_vanishes(visit: Visit) -> None:
    page = visit("/")

    page.get_by_label(HAVE).focus()
    page.keyboard.type("nurse")
    listed = page.get_by_role("listbox")
    expect(page.get_by_role("option")).to_have_count(8)
    listed.evaluate("one => { one.style.maxHeight = '3rem' }")
    page.keyboard.press("Tab")
    page.keyboard.type("teacher")
    expect(page.get_by_label(WANT)).to_have_value("teacher")
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label(HAVE)).to_be_focused()


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(one, marks=pytest.mark.soak) for one in (360, 1280))]
)
def test_the_answer_in_each_domain_is_on_the_first_screen(visit: Visit, width: int) -> None:
    page = visit(GAP, width)
    page.set_viewport_size({"width": width, "height": 560})

    shares = page.get_by_role("list", name="Compared by").get_by_role("listitem")
    expect(shares).to_have_count(3)
    expect(shares.last).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Chief Executives already have 88 %")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label(HAVE)).to_be_hidden()
    expect(shares.locator("[aria-current]")).to_contain_text("Skills")


def test_the_table_has_headers_and_what_carries_over_can_be_opened(visit: Visit) -> None:
    page = visit(GAP)
    table = page.get_by_role("table", name="Gaps in skills from Chief Executives")

    expect(table.get_by_role("rowheader", name="Programming")).to_be_visible()
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(page.get_by_role("rowheader", name="Writing")).to_be_hidden()
    page.get_by_text("May be chance (").press("Enter")
    page.get_by_text("What carries over (24)").press("Enter")
    expect(page.get_by_role("rowheader", name="Critical Thinking")).to_be_visible()


def test_what_a_word_means_and_an_occupation_is_is_one_key_away(
    visit: Visit, with_zones: Serving
) -> None:
    page = visit(GAP, at=with_zones)

    row = page.get_by_role("rowheader", name="Programming")
    row.locator("summary").press("Enter")
    expect(page.get_by_text("It is programming.")).to_be_visible()
    page.get_by_text("About Chief Executives and Web").press("Enter")
    online = page.get_by_role("link", name="Web Developers at O*NET OnLine")
    expect(online).to_have_attribute(
        "href", f"https://www.onetonline.org/link/summary/{DEVELOPERS}"
    )
    steps = page.get_by_role("region", name="Next steps")
    steps.get_by_role("link", name="Critical Thinking").first.press("Enter")
    expect(page.get_by_text("It is critical thinking.")).to_be_in_viewport()


def test_without_scripts_all_of_it_works_but_suggestions(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)

    page.get_by_label(HAVE).fill("chief executives")
    page.get_by_label(WANT).fill("15-1254")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chief Executives to Web Developers")
    page.get_by_role("link", name="The other way round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Web Developers to Chief Executives")
    expect(page.get_by_role("link", name="Link to this comparison")).to_be_visible()


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_every_state_says_so_fits_its_window_and_breaks_no_rule_of_axe(
    window: Page, state: State, request: pytest.FixtureRequest
) -> None:
    at = request.getfixturevalue(state.server)
    window.set_viewport_size({"width": 640, "height": 900})
    window.emulate_media(color_scheme="light")
    with watched(window, at):
        window.goto(at.url + state.target)

        expect(window.get_by_role("main")).to_contain_text(state.words)
        assert 640 == window.evaluate("document.documentElement.scrollWidth")
        window.set_viewport_size({"width": 320, "height": 900})
        assert 320 == window.evaluate("document.documentElement.scrollWidth")
        assert [] == serious(window)
        window.emulate_media(color_scheme="dark")
        assert [] == serious(window, "color-contrast")


def test_on_paper_there_is_the_table_and_no_form(visit: Visit, tmp_path: Path) -> None:
    page = visit(GAP, 320)
    printed = page.pdf(prefer_css_page_size=True)

    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") in (1, 2)  # fonts differ
    page.emulate_media(media="print")
    expect(page.get_by_role("table", name="Gaps in skills")).to_be_visible()
    expect(page.get_by_text(OTHERS)).to_be_hidden()


def test_axe_finds_nothing_serious_on_a_desk_with_everything_open(visit: Visit) -> None:
    page = visit(GAP, bypass_csp=True)
    for fold in page.locator("summary").all():
        fold.click()
    page.get_by_role("combobox", name=HAVE).fill("manager")
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("ArrowDown")

    assert [] == serious(page)


def test_axe_is_at_work(visit: Visit) -> None:
    page = visit("/", bypass_csp=True)
    page.evaluate("document.querySelector('label').remove()")

    assert "label" in serious(page)


def test_the_dark_scheme_is_dark(visit: Visit) -> None:
    page = visit(GAP)
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 22, 29)")):
        page.emulate_media(color_scheme=scheme)
        assert colour == page.locator("body").evaluate(COLOUR)


def test_what_can_be_pressed_is_large_enough_and_shows_the_focus(visit: Visit) -> None:
    page = visit(GAP, 320)
    controls = page.locator("button:visible, input:visible, summary, .site a")

    for control in controls.all():
        box = control.bounding_box()
        assert box is not None
        label = control.locator("xpath=ancestor::label")
        outer = label.bounding_box() if label.count() else box
        assert outer is not None
        assert min(outer["width"], outer["height"]) >= 24, control.evaluate("one => one.outerHTML")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert "main" == page.evaluate("document.activeElement.id")
