"""GET and POST /own-levels, as a browser without scripts gets it."""

import logging
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.pages import read

from app.page import words
from app.page.own_reading import place_of

EXECUTIVES, DEVELOPERS, NURSES = "11-1011.00", "15-1254.00", "29-1141.00"
PROGRAMMING = "2.B.3.e"
PLACE = f"/own-levels?from={EXECUTIVES}&to={DEVELOPERS}"

pytestmark = [
    pytest.mark.usefixtures("backend"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def starter(starter_app: Flask) -> FlaskClient:
    return FlaskClient(starter_app)


def form_of(text: str) -> dict[str, list[str]]:
    """What a browser sends of the form as it stands."""
    fields = re.findall(
        r'<input type="(?:checkbox|range|hidden)"[^>]* name="([^"]+)"[^>]* value="([^"]+)"', text
    )
    sent: dict[str, list[str]] = {"to": [DEVELOPERS]}
    for name, value in fields:
        sent.setdefault(name, []).append(unescape(value))
    return sent


def told(text: str, element: str) -> str:
    found = re.search(rf'id="told-{re.escape(element)}"[^>]*>([^<]+)<', text)
    assert found is not None
    return unescape(found[1])


def test_it_begins_with_the_levels_of_the_jobs_and_their_figures(starter: FlaskClient) -> None:
    answer = starter.get(PLACE)
    page = read(answer)
    body = starter.get(f"/skill-gap?from={EXECUTIVES}&to={DEVELOPERS}").get_json()

    assert 200 == answer.status_code
    assert f"You already have {words.percent(body['summary']['readiness'])} of what" in page.words
    assert "No level is moved" in page.words
    assert 32 == answer.text.count('type="range"')
    assert "1.00 of 4.25 · adds 5.4 %" == told(answer.text, PROGRAMMING)
    assert "Writing computer programs" in page.words or "What it means" not in page.words


def test_sent_as_it_stands_it_repeats_the_figures_to_the_last_digit(starter: FlaskClient) -> None:
    before = starter.get(PLACE)
    after = starter.post("/own-levels", data=form_of(before.text))

    assert (200, "no-store") == (after.status_code, after.headers["Cache-Control"])
    assert before.text == after.text


@pytest.mark.parametrize("level", [0.0, 3.25, 7.0])
def test_a_moved_level_counts_as_the_api_counts_it(starter: FlaskClient, level: float) -> None:
    sent = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": [str(level)]}
    answer = starter.post("/own-levels", data=sent)
    own = {"occupations": [EXECUTIVES], "ratings": {PROGRAMMING: level}}
    asked = {"from": own, "to": DEVELOPERS, "include": "covered"}
    body = starter.post("/skill-gap", json=asked).get_json()
    steps = starter.post("/transitions", json={"from": own, "limit": 10}).get_json()

    share = words.percent(body["summary"]["readiness"])
    assert f"You already have {share} of what Web Developers" in answer.text
    assert "1 level is your own." in answer.text
    gains = {one["id"]: one["gain"] for one in body["gaps"]}
    said = f"adds {words.gain(gains[PROGRAMMING])} %" if PROGRAMMING in gains else "covered"
    assert told(answer.text, PROGRAMMING).endswith(said)
    listed = re.findall(
        r'<li><a href="[^"]+" data-carry>([^<]+)</a>(?:<noscript>.+?</noscript>)? <strong>(\d+ %)',
        answer.text,
    )
    assert [(one["title"], words.percent(one["fit"])) for one in steps["transitions"]] == [
        (unescape(title), share) for title, share in listed
    ]


@pytest.mark.parametrize("typed", [" 4.25 ", "4,25"])
def test_a_level_is_read_as_people_write_it(starter: FlaskClient, typed: str) -> None:
    sent = form_of(starter.get(PLACE).text)
    answers = [
        starter.post("/own-levels", data=sent | {f"level.{PROGRAMMING}": [level]})
        for level in ("4.25", typed)
    ]

    assert 200 == answers[1].status_code
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize("typed", ["", "x", "nan", "0_1", "٣", "1e0", "-1", "7.01"])
def test_what_is_no_level_is_refused(starter: FlaskClient, typed: str) -> None:
    sent = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": [typed]}

    assert 422 == starter.post("/own-levels", data=sent).status_code


def test_without_scripts_a_next_step_is_compared_by_the_levels_that_were_moved(
    starter: FlaskClient,
) -> None:
    moved = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": ["7"]}
    page = starter.post("/own-levels", data=moved).text
    code = re.findall(r'<noscript> <button form="own" name="go.to" value="([^"]+)"', page)[0]

    there = starter.post("/own-levels", data=form_of(page) | {"go.to": [code]})

    assert "1 level is your own." in there.text
    assert f'data-to="{code}"' in there.text


def test_what_is_missing_is_a_table_too(starter: FlaskClient) -> None:
    page = starter.get(PLACE).text
    asked = {"from": {"occupations": [EXECUTIVES]}, "to": DEVELOPERS}
    gaps = starter.post("/skill-gap", json=asked).get_json()["gaps"]

    table = page.partition('id="missing"')[2].partition("</table>")[0]
    assert len(gaps) == table.count('<th scope="row"')
    own = form_of(page) | {f"level.{one['id']}": ["7"] for one in gaps}
    nothing = starter.post("/own-levels", data=own).text
    assert "Nothing is." in nothing.partition('id="missing"')[2].partition("</details>")[0]


def test_levels_of_no_element_known_here_are_passed_over(starter: FlaskClient) -> None:
    sent = form_of(starter.get(PLACE).text) | {"level.2.B.9.z": ["3"], "level.1.A.1.z": ["3"]}

    assert "No level is moved" in starter.post("/own-levels", data=sent).text


def test_several_jobs_count_by_the_highest_of_each(starter: FlaskClient) -> None:
    answer = starter.get(f"{PLACE}&from={NURSES}")
    own = {"occupations": [EXECUTIVES, NURSES]}
    body = starter.post("/skill-gap", json={"from": own, "to": DEVELOPERS}).get_json()

    assert f"You already have {words.percent(body['summary']['readiness'])}" in answer.text
    assert [EXECUTIVES, NURSES] == form_of(answer.text)["from"]
    left = starter.post("/own-levels", data=form_of(answer.text) | {"from": [NURSES]})
    assert [NURSES] == form_of(left.text)["from"]


def test_another_job_raises_what_was_not_moved_and_nothing_else(starter: FlaskClient) -> None:
    sent = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": ["0.25"]}
    more = starter.post("/own-levels", data=sent | {"from": [EXECUTIVES, NURSES]})
    own = {"occupations": [EXECUTIVES, NURSES], "ratings": {PROGRAMMING: 0.25}}
    body = starter.post("/skill-gap", json={"from": own, "to": DEVELOPERS}).get_json()

    assert f"You already have {words.percent(body['summary']['readiness'])}" in more.text
    assert "1 level is your own." in more.text
    lost = starter.post("/own-levels", data=sent | {"from": [EXECUTIVES, "qwertyish"]})
    again = form_of(lost.text) | {"from": [EXECUTIVES, NURSES]}
    assert more.text == starter.post("/own-levels", data=again).text


def test_no_address_has_a_level(starter: FlaskClient) -> None:
    sent = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": ["4.5"]}
    answer = starter.post("/own-levels", data=sent)

    for link in read(answer).links:
        assert {"from", "to", "domain"} >= parse_qs(urlsplit(link).query).keys(), link
    ignored = starter.get(f"{PLACE}&level.{PROGRAMMING}=7")
    assert "No level is moved" in ignored.text


def test_every_link_of_it_leads_to_a_page(starter: FlaskClient) -> None:
    for link in {one for one in read(starter.get(PLACE)).links if one.startswith("/own-")}:
        assert 200 == starter.get(link).status_code, link


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("", "“A job you have had” and “The job you want”"),
        (f"from={NURSES}", "“The job you want”"),
        (f"to={NURSES}", "“A job you have had”"),
    ],
)
def test_what_is_missing_is_asked_for(starter: FlaskClient, query: str, missing: str) -> None:
    answer = starter.get(f"/own-levels?{query}")

    assert 200 == answer.status_code
    assert f"Fill in {missing}: levels begin" in read(answer).words


@pytest.mark.parametrize(
    ("query", "status", "field", "said"),
    [
        (f"from=nurse&to={DEVELOPERS}", 422, "from", "You asked for “nurse”"),
        (
            f"from={NURSES}&from=xyzzyq&to={DEVELOPERS}",
            422,
            "from",
            "No occupation is called “xyzzyq”",
        ),
        (f"from={NURSES}&to=15-9999", 404, "to", "O*NET has no occupation 15-9999.00"),
        (f"from=15-12&to={DEVELOPERS}", 422, "from", "Not an O*NET-SOC code"),
        (f"from={'x' * 201}&to={DEVELOPERS}", 422, "from", "Longer than maximum length"),
        (f"from=%00&to={DEVELOPERS}", 422, "from", "Holds a NUL character"),
        ("&".join([f"from={NURSES}"] * 11) + "&to=x", 422, "from", "Longer than maximum length"),
        (f"from={NURSES}&to={DEVELOPERS}&domain=luck", 422, "", "domain: Must be one of"),
    ],
)
def test_what_cannot_be_compared_says_why_at_its_field(
    starter: FlaskClient, query: str, status: int, field: str, said: str
) -> None:
    answer = starter.get(f"/own-levels?{query}")
    page = read(answer)

    assert status == answer.status_code
    assert said in page.words
    invalid = re.findall(r'<input id="(from|to)"[^>]*aria-invalid="true"', answer.text)
    assert ([field] if field else []) == invalid
    for link in page.links:
        if link.startswith("/own-levels?"):
            assert starter.get(link).status_code in (200, 503)


def test_jobs_whose_ratings_are_not_here_have_others_offered_in_their_places(
    starter: FlaskClient,
) -> None:
    cashiers = "41-2011.00"
    answer = starter.get(f"/own-levels?from={NURSES}&from={cashiers}&to={DEVELOPERS}")
    page = read(answer)

    assert 503 == answer.status_code
    assert f"The skills ratings of Cashiers ({cashiers}) are not here" in page.words
    assert "ONET_API_KEY" not in page.words
    assert 1 == page.words.count("64 of 1,016")
    assert f'type="checkbox" name="from" value="{NURSES}" checked' in answer.text
    offered = [link for link in page.links if link.startswith(f"/own-levels?from={NURSES}&from=")]
    assert offered
    assert {200} == {starter.get(link).status_code for link in offered}


def test_going_to_another_domain_loses_no_level_that_was_moved(starter: FlaskClient) -> None:
    sent = form_of(starter.get(PLACE).text) | {f"level.{PROGRAMMING}": ["3.5"]}
    other = {"level.2.C.3.a": ["6.75"]}  # computers and electronics

    there = starter.post("/own-levels", data=sent | other | {"go.domain": ["knowledge"]})
    kept = form_of(there.text) | {"from": [EXECUTIVES], "go.domain": ["skills"]}
    back = starter.post("/own-levels", data=kept)

    assert (503, 200) == (there.status_code, back.status_code)  # of which none is held here
    assert "3.50 of 4.25" in told(back.text, PROGRAMMING)
    assert "1 level is your own" in read(back).words


def test_of_what_is_sent_nothing_is_logged_and_what_is_moved_is_not_lost(
    starter: FlaskClient, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = {"from": [EXECUTIVES, "qwertyish"], "to": DEVELOPERS, f"level.{PROGRAMMING}": "6.75"}
    answer = starter.post("/own-levels", data=sent)
    bad = starter.post("/own-levels", data=sent | {f"level.{PROGRAMMING}": "6.7x"})

    assert (422, 422) == (answer.status_code, bad.status_code)
    assert f'name="level.{PROGRAMMING}" value="6.75"' in answer.text
    assert not re.search(r"6\.7|qwertyish", caplog.text)


def test_without_next_steps_the_comparison_is_shown(starter: FlaskClient, monkeypatch) -> None:
    monkeypatch.setattr("app.page.own_reading.own_transitions_body", lambda *_: 1 / 0)
    answer = starter.get(PLACE)

    assert 200 == answer.status_code
    assert "cannot be worked out just now; the comparison above is whole" in read(answer).words


@pytest.mark.parametrize(
    ("level", "place"), [(0.0, 0.0), (0.12, 0.0), (0.125, 0.25), (4.12, 4.0), (4.88, 5.0), (7.0, 7)]
)
def test_a_slider_begins_at_the_place_nearest_to_its_level(level: float, place: float) -> None:
    assert place == place_of(level)


def test_a_form_that_is_too_long_is_told_so(starter: FlaskClient) -> None:
    answer = starter.post("/own-levels", data={"from": "x" * 60_000, "to": DEVELOPERS})

    assert 413 == answer.status_code
    assert "longer than what can be taken" in read(answer).words
    assert "failed here" not in answer.text
