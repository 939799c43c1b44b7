"""Own levels in headless Chromium against the real server: kept in the browser, asked as moved."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect
from support.browser import Visit, serious
from support.processes import Serving

EXECUTIVES, DEVELOPERS, NURSES = "11-1011.00", "15-1254.00", "29-1141.00"
PLACE = f"/own-levels?from={EXECUTIVES}&to={DEVELOPERS}"
PROGRAMMING = "Programming"
CHANGE = "change the jobs"

pytestmark = pytest.mark.browser


def readiness(page: Page) -> Locator:
    return page.get_by_role("region", name="Readiness").locator("[aria-current] strong")


def test_a_level_is_moved_by_keyboard_and_comes_back_by_reload_back_and_link(
    visit: Visit, starter: Serving
) -> None:
    page = visit(PLACE)
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))  # noqa: PLW0108 - no builtin
    slider = page.get_by_role("slider", name=PROGRAMMING)
    expect(readiness(page)).to_have_text("88 %")

    slider.focus()
    page.keyboard.press("End")
    expect(readiness(page)).to_have_text("94 %")
    expect(slider).to_be_focused()
    expect(page.get_by_text("7.00 of 4.25 · covered")).to_be_visible()
    expect(page.get_by_text("1 level is your own.")).to_be_visible()
    assert page.url.endswith(f"{PLACE}#2.B.3.e=7")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "not relevant")
    expect(page.get_by_text("not relevant of 4.25")).to_be_visible()
    page.keyboard.press("End")
    expect(readiness(page)).to_have_text("94 %")

    page.reload()
    expect(slider).to_have_value("7")
    expect(readiness(page)).to_have_text("94 %")
    page.get_by_role("region", name="Next steps").locator("ol a").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Web Developers")
    expect(slider).to_have_value("7")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Web Developers")
    expect(readiness(page)).to_have_text("94 %")
    other = visit(page.url.removeprefix(starter.url))
    expect(readiness(other)).to_have_text("94 %")

    assert all("2.B.3.e" not in one.url.partition("#")[0] for one in asked)
    assert {"POST"} == {one.method for one in asked if "2.B.3.e" in (one.post_data or "")}


@pytest.mark.soak
def test_levels_are_saved_as_a_file_that_the_api_takes_and_opened_again(
    visit: Visit, starter: Serving, tmp_path: Path
) -> None:
    page = visit(f"{PLACE}&from={NURSES}#2.B.3.e=5.5&2.A.1.a=1.25")
    expect(page.get_by_text("2 levels are your own.")).to_be_visible()
    before = readiness(page).text_content()

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").press("Enter")
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    question = json.loads(file.read_text())
    own = {"occupations": [EXECUTIVES, NURSES], "ratings": {"2.B.3.e": 5.5, "2.A.1.a": 1.25}}
    assert {"from": own, "to": DEVELOPERS, "domain": "skills"} == question

    other = visit("/own-levels?from=13-2011.00&to=15-1211.01")
    other.get_by_label("Open a file").set_input_files(file)
    expect(other.get_by_role("heading", level=1)).to_contain_text("Web Developers")
    expect(readiness(other)).to_have_text(str(before))
    expect(other.locator("[type=checkbox]")).to_have_count(2)
    for text, words in (
        ('{"from": 3}', "That file has no levels"),
        ("\0\xff", "That file has no levels"),
        ('{"from": {"ratings": {"2.B.3.e": 9}}}', "gives 2.B.3.e a level that is not from 0 to 7"),
        ("x" * 1_000_001, "That file is too large"),
    ):
        file.write_text(text)
        other.get_by_label("Open a file").set_input_files(file)
        expect(other.get_by_text(words)).to_be_visible()
        expect(readiness(other)).to_have_text(str(before))
    file.write_text(
        '\ufeff# mine\r\noccupations = ["11-1011.00"]\r\n[ratings]\r\n"2.B.3.e" = 7.0\r\n'
    )
    other.get_by_label("Open a file").set_input_files(file)
    expect(other.get_by_text("1 level is your own.")).to_be_visible()
    expect(readiness(other)).to_have_text("94 %")
    other.get_by_role("button", name="Undo all moves").click()
    expect(other.get_by_text("No level is moved")).to_be_visible()
    assert "#" not in other.url


@pytest.mark.soak
def test_another_job_and_another_domain_keep_the_levels(visit: Visit) -> None:
    page = visit(f"{PLACE}#2.B.3.e=7")

    page.get_by_text(CHANGE).click()
    page.get_by_label("Another job you have had").fill("registered nurses")
    page.keyboard.press("Enter")
    expect(page.get_by_text("From Chief Executives, Registered Nurses")).to_be_visible()
    expect(page.get_by_role("slider", name=PROGRAMMING)).to_have_value("7")
    page.get_by_text(CHANGE).click()
    page.get_by_role("checkbox", name="Chief Executives").uncheck()
    page.get_by_role("button", name="Use these jobs").press("Enter")
    expect(page.locator("[type=checkbox]")).to_have_count(1)
    expect(page.get_by_role("slider", name=PROGRAMMING)).to_have_value("7")
    page.get_by_text(CHANGE).click()
    page.get_by_label("Another job you have had").fill("nurse")
    page.get_by_role("button", name="Use these jobs").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which occupation")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"from=29-1141\.00&from=\S+#2\.B\.3\.e=7$"))


@pytest.mark.soak
def test_without_scripts_the_form_is_sent_and_answered(visit: Visit) -> None:
    page = visit(PLACE, java_script_enabled=False)

    page.get_by_role("slider", name=PROGRAMMING).focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Work it out").press("Enter")
    expect(readiness(page)).to_have_text("94 %")
    expect(page.get_by_role("slider", name=PROGRAMMING)).to_have_value("7")
    expect(page.get_by_role("button", name="Save as a file")).to_be_hidden()


@pytest.mark.soak
def test_a_touch_moves_a_level(visit: Visit) -> None:
    page = visit(PLACE, 360, has_touch=True)
    slider = page.get_by_role("slider", name=PROGRAMMING)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None

    page.touchscreen.tap(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    expect(slider).to_have_value("7")
    expect(readiness(page)).to_have_text("94 %")
    expect(page.locator(".strip")).to_be_in_viewport()


def test_where_nobody_answers_it_says_so_tries_again_and_heeds_the_next_move(visit: Visit) -> None:
    page = visit(PLACE)
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) == 1:
            route.abort()
        else:
            route.fulfill(status=503, body="busy")

    page.route("**/own-levels", fail)
    slider = page.get_by_role("slider", name=PROGRAMMING)

    slider.press("End")
    expect(page.get_by_text("Nobody answers just now; your levels are kept here.")).to_be_visible()
    expect(page.get_by_text("Trying again in 2 seconds.")).to_be_visible()
    page.unroute("**/own-levels")
    expect(page.get_by_text("Worked out again.")).to_be_visible()
    expect(readiness(page)).to_have_text("94 %")
    assert 2 == len(asked)
    slider.press("ArrowLeft")
    expect(page.get_by_text("6.75 of 4.25")).to_be_visible()


def test_what_is_no_level_in_a_link_is_left_out_and_told(visit: Visit) -> None:
    unknown = "&".join(f"2.A.9.{number}=1" for number in range(600))
    page = visit(f"{PLACE}#2.B.3.e=7&2.A.1.a=8&<script>=1&{unknown}")

    expect(
        page.get_by_text("The link has 202 more that cannot be a level of yours")
    ).to_be_visible()
    expect(readiness(page)).to_have_text("94 %")


@pytest.mark.soak
@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_it_fits_its_window_and_breaks_no_rule_of_axe(visit: Visit, width: int) -> None:
    page = visit(f"{PLACE}&from={NURSES}#2.B.3.e=7", width, bypass_csp=True)
    expect(readiness(page)).to_have_text("98 %")
    for fold in page.locator("summary").all():
        fold.click()

    assert width == page.evaluate("document.documentElement.scrollWidth")
    assert [] == serious(page)
    page.emulate_media(color_scheme="dark")
    assert [] == serious(page, "color-contrast")
