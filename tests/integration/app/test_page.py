"""GET /: the page in each of its states, as a browser without scripts gets it."""

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.canary import CANARY
from support.clock import FakeClock, eventually
from support.crosswalk import FORMER, KITES, MOONS, TIDES
from support.gap_bodies import body, item, transitions
from support.made_up_release import write_lists, write_meanings, write_release
from support.pages import Reader, lead, read

from app.page import words
from app.page.links import Question, address, with_side
from app.page.reading import Shown
from app.page.rendering import page, render
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.purge import purge
from onet_client.content_model import DOMAINS
from onet_client.sandbox import Sandbox

EXECUTIVES, DEVELOPERS = "11-1011.00", "15-1254.00"
UNRATED, UNREAD, UNLISTED = "15-1252.00", "15-2051.00", "15-9999.00"
GAP = f"/?from={EXECUTIVES}&to={DEVELOPERS}"
LARGEST = 120_000
"""Bytes of a first view: the page and all that it loads."""

Open = Callable[..., FlaskClient]
Seeded = Callable[[Path], str]

pytestmark = [
    pytest.mark.usefixtures("backend"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def open_page(open_app: Open) -> Open:
    """Makes a client of the application over a database URL, with any other settings."""
    return lambda url, **settings: FlaskClient(open_app(url, **settings).application)


@pytest.fixture
def starter(starter_app: Flask) -> FlaskClient:
    """A page over the starter release, without an upstream."""
    return FlaskClient(starter_app)


@pytest.fixture
def full(full_app: Flask) -> FlaskClient:
    """A page over a whole release, without an upstream."""
    return FlaskClient(full_app)


@pytest.fixture
def empty_database(migrated_sqlite: Path, tmp_path: Path) -> str:
    """URL of a database that is migrated and empty."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"


def test_an_empty_page_has_examples_that_lead_to_answers(starter: FlaskClient) -> None:
    answer = starter.get("/")
    page = read(answer)

    assert 200 == answer.status_code
    assert "How far does the job you have take you towards the job you want?" in page.words
    assert "88 % of the skills are there; Programming is the largest step." in page.words
    examples = [link for link in page.links if link.startswith("/?")]
    assert 3 == len(examples)
    assert [200] * 3 == [starter.get(link).status_code for link in examples]


def test_whoever_sees_the_page_finds_the_titles_ready(
    open_page: Open, starter_database: str
) -> None:
    client = open_page(starter_database)
    titles = client.application.extensions["skillgap"].titles
    assert titles._held is None

    client.get("/")

    eventually(False, lambda: titles._held is None)


def test_an_answer_is_told_drawn_and_listed(starter: FlaskClient) -> None:
    page = read(starter.get(GAP))

    assert "88 %" in page.words
    told = "Chief Executives already have 88 % of what Web Developers need, in skills weighted by"
    assert f"{told} importance." in page.words
    assert 32 + 2 == page.tags.count("svg")
    assert "1.00 → 4.25" in page.words
    assert {"from": "Chief Executives", "to": "Web Developers"} == page.values
    for part in (
        "May be chance (",
        "These gaps are not wider than chance",
        "What carries over (24)",
        "O*NET 29.0",
    ):
        assert part in page.words


def test_it_has_the_figures_of_the_api_each_once(starter: FlaskClient) -> None:
    body = starter.get(f"/skill-gap{GAP[1:]}&include=covered").get_json()
    text = starter.get(GAP).text
    rows = {
        name: (levels, importance, gain)
        for name, levels, importance, gain in re.findall(
            r'<th scope="row"[^>]*><div class="named"><span>([^<]+?) <.*?</th><td>(.*?)</td>'
            r'<td class="wide">(.*?)</td>'
            r"(?:<td>(.*?) %</td>)?</tr>",
            text,
        )
    }

    by_chance = [gap for gap in body["gaps"] if gap["significant"] is False]
    sure = [gap for gap in body["gaps"] if gap not in by_chance]
    assert [one["name"] for one in [*sure, *by_chance, *body["covered"]]] == list(rows)
    for one in body["gaps"]:
        levels, importance, gain = rows[one["name"]]
        start = "—" if one["from"]["not_relevant"] else f"{one['from']['level']:.2f}"
        assert f"{start} → {one['to']['level']:.2f}" == re.sub(r"<.*?>", "", levels)
        assert f"{one['to']['importance']:.2f}" == importance
        assert words.gain(one["gain"]) == unescape(gain) or not one["gain"]
    assert body["attribution"].partition("(http")[0] in text


def test_readiness_is_told_in_each_domain_at_once_and_leads_to_it(full: FlaskClient) -> None:
    page = read(full.get(GAP))

    for domain in ("skills", "knowledge"):
        told = full.get(f"/skill-gap{GAP[1:]}&domain={domain}").get_json()["summary"]["readiness"]
        assert f"{domain.capitalize()} {words.percent(told)}" in page.words
    assert "Abilities not here yet" in page.words
    assert f"{GAP}&domain=knowledge" in page.links
    other = read(full.get(f"{GAP}&domain=knowledge"))
    assert "in knowledge weighted by importance" in other.words
    assert GAP in other.links


@pytest.mark.parametrize(
    "query",
    [
        {"from": "Chief Executives", "to": "Web Developers"},
        {"from": "chief executives ", "to": "15-1254"},
        {"from": " 11-1011.00", "to": "web developers", "domain": "skills", "tag": "mine"},
    ],
)
def test_what_is_named_by_title_or_code_is_shown_and_can_be_taken_along(
    starter: FlaskClient, query
) -> None:
    answer = starter.get("/?" + urlencode(query))
    page = read(answer)

    assert 200 == answer.status_code
    assert {"from": "Chief Executives", "to": "Web Developers"} == page.values
    assert GAP in page.links
    (file,) = (link for link in page.links if link.startswith("/skill-gap?"))
    assert "text/csv" == starter.get(file).mimetype


def test_swapping_leads_to_the_other_way_round_and_keeps_the_rest(starter: FlaskClient) -> None:
    answer = starter.get(f"{GAP}&domain=knowledge&job_zone=3&swap=1")

    assert (303, f"./?from={DEVELOPERS}&to={EXECUTIVES}&domain=knowledge&job_zone=3") == (
        answer.status_code,
        answer.headers["Location"],
    )


def test_the_same_occupation_twice_says_so(starter: FlaskClient) -> None:
    page = read(starter.get(f"/?from={EXECUTIVES}&to={EXECUTIVES}"))

    assert "Both are Chief Executives. Choose another occupation" in page.words


@pytest.mark.parametrize("side", ["from", "to"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("xyzzyq", "No occupation is called “xyzzyq”"),
        ("nurse", "Which occupation do you mean?"),
        ("15-12", "Not an O*NET-SOC code such as"),
    ],
)
def test_one_occupation_alone_that_is_not_understood_says_so_at_once(
    starter: FlaskClient, side, text, words
) -> None:
    answer = starter.get("/?" + urlencode({side: text}))
    page = read(answer)

    assert 422 == answer.status_code
    assert words in page.words
    for link in page.links:
        if link.startswith("/?"):
            assert 200 == starter.get(link).status_code


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (f"from=nurse&to={EXECUTIVES}", 422, "Which occupation do you mean?"),
        (f"from=xyzzy&to={EXECUTIVES}", 422, "No occupation is called “xyzzy”"),
        (f"from={'x' * 201}&to={EXECUTIVES}", 422, "Longer than maximum length 200"),
        (f"from=%00x&to={EXECUTIVES}", 422, "Holds a NUL character"),
        (f"from=x&to={EXECUTIVES}&job_zone=0", 422, "job_zone: Must be greater than or equal"),
        (f"from=x&to={EXECUTIVES}&job_zone=", 422, "job_zone: Not a whole number."),
        (f"from={EXECUTIVES}&to={DEVELOPERS}&domain=luck", 422, "above. domain: Must be one of"),
        (
            f"from={EXECUTIVES}&from=x&to={DEVELOPERS}",
            422,
            "The job you have: Given more than once",
        ),
        (f"from={EXECUTIVES}&to={UNLISTED}", 404, f"O*NET has no occupation {UNLISTED}"),
        (
            f"from={EXECUTIVES}&to={UNRATED}",
            503,
            f"The skills ratings of Software Developers ({UNRATED}) are not here",
        ),
    ],
)
def test_what_cannot_be_answered_says_why_and_keeps_what_was_asked(
    starter: FlaskClient, query: str, status: int, words: str
) -> None:
    answer = starter.get(f"/?{query}")
    page = read(answer)

    assert status == answer.status_code
    assert words in page.words
    given = dict(reversed(parse_qsl(query)))["from"]
    assert given.replace("\0", "")[:200] == page.values["from"]
    assert b"\0" not in answer.data


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (f"from=nurse&to={EXECUTIVES}", ["from"]),
        ("from=xyzzy&to=nurse", ["from", "to"]),
        (f"from={EXECUTIVES}&to={UNLISTED}", ["to"]),
        (f"from=x&to={EXECUTIVES}&job_zone=0", []),
    ],
)
def test_what_is_wrong_with_a_field_is_said_at_the_field_which_has_the_focus(
    starter: FlaskClient, query: str, fields: list[str]
) -> None:
    answer = starter.get(f"/?{query}")
    inputs = dict(re.findall(r'<input id="(from|to)"([^>]*)>', answer.text))
    invalid = [side for side, more in inputs.items() if 'aria-invalid="true"' in more]

    assert fields == invalid
    for side in fields:
        assert f'aria-describedby="{side}-hint {side}-fault"' in inputs[side]
        assert f"{side}-fault" in read(answer).ids
    assert fields[:1] == [side for side, more in inputs.items() if more.endswith(" autofocus")]


def test_doubts_about_both_are_settled_on_one_page(starter: FlaskClient) -> None:
    answer = starter.get("/?from=nurse&to=analyst&direction=from")
    page, text = read(answer), answer.text
    first = {
        side: re.search(f'type="radio" name="{side}" value="([^"]+)"', text)[1]  # type: ignore[index]
        for side in ("from", "to")
    }

    assert 422 == answer.status_code
    assert "Which occupations do you mean?" in page.words
    assert "The job you have: “nurse”" in page.words
    assert '<input type="hidden" name="direction" value="from">' in text.partition("radio")[2]
    assert 200 == starter.get("/?" + urlencode(first)).status_code


BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize("target", ["/nowhere", "/no/where/", "/static/nothing.css", "/admin"])
def test_a_browser_is_told_in_html_that_there_is_no_page_and_gets_back(
    starter: FlaskClient, target: str
) -> None:
    answer = starter.get(target, headers={"Accept": BROWSER})
    page = Reader(answer.text, at=target)

    assert (404, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
    assert "There is no such page" in page.words
    assert "/" in page.links
    assert {200} == {starter.get(each).status_code for each in page.loaded}
    read(answer)


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "text/html;q=0.5, application/problem+json"]
)
def test_a_program_is_told_as_the_api_tells(starter: FlaskClient, accept: str | None) -> None:
    answer = starter.get("/nowhere", headers={"Accept": accept} if accept else {})

    assert (404, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert 404 == starter.post("/nowhere", headers={"Accept": BROWSER}).status_code


def test_a_database_that_goes_down_meanwhile_is_not_taken_for_an_empty_one(
    starter: FlaskClient, monkeypatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr("cache.catalogue.Catalogue.titles", fail)
    answer = starter.get(f"/?from={EXECUTIVES}&to={UNRATED}")

    assert (503, "5") == (answer.status_code, answer.headers["Retry-After"])
    assert "cannot reach its database" in read(answer).words


def test_what_carries_over_has_no_chance_and_its_other_doubts_are_explained(
    starter: FlaskClient,
) -> None:
    covered = [
        item("Napping", 2, 2, significant=None),
        item("Whistling", 3, 2, significant=False, low_precision=True),
    ]
    with starter.application.test_request_context(GAP):
        asked = Question(KITES, TIDES)
        text = page(Shown(asked, asked, body=body([], covered))).get_data(as_text=True)

    assert "chance" not in text
    assert 2 == text.count('<span class="doubt">low precision</span>')
    assert 1 == text.count("The raters differed so much")


def test_no_gaps_at_all_is_good_news(starter: FlaskClient) -> None:
    page = read(starter.get(f"/?from={EXECUTIVES}&to=13-1071.00"))

    assert "100 %" in page.words
    assert "all of what Human Resources Specialists need, in skills: there is no gap." in page.words
    assert "What is missing" not in page.words
    assert "May be chance" not in page.words


@pytest.mark.parametrize(
    "query",
    [
        "",
        GAP,
        f"/?from=nurse&to={EXECUTIVES}",
        f"/?from={EXECUTIVES}&to={UNLISTED}",
    ],
)
def test_every_link_leads_to_a_page_or_to_a_state_that_is_known(
    starter: FlaskClient, query: str
) -> None:
    page = read(starter.get(query or "/"))
    inner = {link for link in page.links if link.startswith("/")}

    for link in inner:
        answer = starter.get(link)
        assert answer.status_code in (200, 503), link
        if urlsplit(link).path == "/":
            read(answer)
    for link in set(page.links) - inner:
        assert link == "#main" or link.startswith("https://"), link


@pytest.mark.parametrize("domain", [name for name in DOMAINS if name != "abilities"])
def test_all_of_a_first_view_is_small_and_comes_from_here(full: FlaskClient, domain: str) -> None:
    answer = full.get(f"/?from=35-2014.00&to=11-1011.00&domain={domain}")
    assert 200 == answer.status_code
    loaded = [full.get(each) for each in read(answer).loaded]

    assert {200} == {each.status_code for each in loaded}
    assert {"text/css", "text/javascript", "image/svg+xml"} == {each.mimetype for each in loaded}
    assert len(answer.data) + sum(len(each.data) for each in loaded) < LARGEST


def test_files_are_kept_for_good_under_the_address_of_their_content(starter: FlaskClient) -> None:
    for loaded in read(starter.get("/")).loaded:
        answer = starter.get(loaded)
        assert "public, max-age=31536000, immutable" == answer.headers["Cache-Control"]
        again = starter.get(loaded, headers={"If-None-Match": answer.headers["ETag"]})
        assert 304 == again.status_code
        other = starter.get(urlsplit(loaded).path + "?v=older")
        assert (200, "no-cache") == (other.status_code, other.headers["Cache-Control"])
    assert 404 == starter.get("/static/page.html").status_code


@pytest.mark.parametrize("target", ["/", f"/?from={EXECUTIVES}", GAP])
def test_a_page_that_has_not_changed_is_not_sent_again(starter: FlaskClient, target: str) -> None:
    first = starter.get(target)
    again = starter.get(target, headers={"If-None-Match": first.headers["ETag"]})

    assert (304, b"") == (again.status_code, again.data)
    assert "Content-Security-Policy" in again.headers


def test_an_error_is_told_whatever_copy_the_browser_has(starter: FlaskClient) -> None:
    answer = starter.get("/?from=xyzzy&to=x", headers={"If-None-Match": "*"})

    assert 422 == answer.status_code
    assert "xyzzy" in read(answer).words


@pytest.mark.parametrize("target", ["/", GAP, f"/?from=xyzzy&to={EXECUTIVES}"])
def test_head_answers_as_get_without_a_body(starter: FlaskClient, target: str) -> None:
    whole, answer = starter.get(target), starter.head(target)

    assert b"" == answer.data
    assert whole.status_code == answer.status_code
    for name in ("Content-Security-Policy", "Cache-Control", "ETag", "Content-Length"):
        assert whole.headers.get(name) == answer.headers.get(name)


TITLES = "/?from=chief+executives&to=web+developers"


@pytest.mark.parametrize(
    "target",
    [GAP, TITLES, *(pytest.param(one, marks=pytest.mark.soak) for one in ("/", "/?to=chemists"))],
)
def test_a_page_asked_before_is_made_again_only_after_a_change(
    open_page: Open, starter_database: str, tmp_path: Path, target: str, monkeypatch
) -> None:
    copy = shutil.copy(starter_database.removeprefix("sqlite:///"), tmp_path / "copy.db")
    client = open_page(f"sqlite:///{copy}")
    made = []
    monkeypatch.setattr(
        "app.page.rendering.render", lambda *given, **more: made.append(1) or render(*given, **more)
    )

    def is_kept() -> bool:
        made.clear()
        first, second = client.get(target), client.get(target)
        assert [first.data, first.headers["ETag"]] == [second.data, second.headers["ETag"]]
        return not made

    eventually(True, is_kept)
    before = client.get(target)
    assert 304 == client.get(target, headers={"If-None-Match": before.headers["ETag"]}).status_code
    assert [] == made
    purge(client.application.extensions["skillgap"].writer, ["53-3032.00"])
    eventually(False, lambda: before.data == client.get(target).data)


def test_an_answer_is_made_anew_when_the_day_ends(
    open_page: Open, starter_database: str, clock: FakeClock
) -> None:
    client = open_page(starter_database)

    assert "(today)" in read(client.get(GAP)).words
    clock.advance(86_400)
    assert "(yesterday)" in read(client.get(GAP)).words


def test_what_is_asked_is_shown_as_text(starter: FlaskClient) -> None:
    text = """"><script>alert('1')</script>"""
    answer = starter.get("/?" + urlencode({"from": text, "to": text}))

    assert text == read(answer).values["from"]


def test_a_database_that_is_down_leaves_a_page_that_says_so(open_page: Open, tmp_path) -> None:
    client = open_page(f"sqlite:///{tmp_path / 'empty.db'}")
    answer = client.get(GAP)
    page = read(answer)

    assert (503, "5") == (answer.status_code, answer.headers["Retry-After"])
    assert "cannot reach its database, whatever is asked. Try again in 5 seconds." in page.words
    assert GAP in page.links
    assert 200 == client.get("/").status_code


def test_a_failure_of_ours_tells_nothing_but_its_number(
    open_page: Open, starter_database: str, monkeypatch
) -> None:
    client = open_page(starter_database)
    monkeypatch.setattr("app.page.words.gaps", lambda *_: 1 / 0)
    answer = client.get(GAP)
    page = read(answer)

    assert 500 == answer.status_code
    assert answer.headers["X-Request-ID"] in page.words
    assert "division" not in page.words


@pytest.mark.parametrize("direction", ["to", "from"])
def test_next_steps_are_told_with_what_they_are_made_of(
    starter: FlaskClient, direction: str
) -> None:
    asked = Question(KITES, TIDES, "skills", direction)
    with starter.application.test_request_context(GAP):
        answer = page(Shown(asked, asked, body=body(), ranking=transitions(direction)))
        shown = read(answer)

    for part in (
        "85 %",
        "closely related",
        "90 % of what is needed is there, 80 % of what is there is needed · job zone 2",
        "job zone 2: Some Preparation Needed",
        "Carries over: Writing Waves",
        "Missing most: Reading Tides",
    ):
        assert part in shown.words


@pytest.mark.parametrize("direction", ["to", "from"])
def test_next_steps_can_be_asked_of_one_job_zone(
    open_page: Open, seeded: Seeded, tmp_path: Path, direction: str
) -> None:
    client = open_page(seeded(write_lists(write_release(tmp_path / "db_28_1_text"))))
    asked = Question(KITES, MOONS, direction=direction, job_zone=3)
    answer = client.get(lead(address(asked)))
    page = read(answer)
    steps = answer.text.partition('<ol class="steps">')[2].partition("</ol>")[0]

    assert [unescape(address(with_side(asked, direction, TIDES)))] == [
        unescape(link) for link in re.findall(r'href="(\./[^"]+)"', steps)
    ]
    assert "The nearest in job zone 3, of the 3 other" in page.words
    assert ["3: Medium Preparation Needed"] == re.findall(
        'aria-current="true">(\\d[^<]+)<', answer.text
    )
    assert '<input type="hidden" name="job_zone" value="3">' in answer.text
    zones = answer.text.partition('<ul class="zones"')[2].partition("</ul>")[0]
    assert [
        (f"{address(asked._replace(job_zone=zone))}#next", name)
        for zone, name in (
            (None, "any"),
            (1, "1"),
            (3, "3: Medium Preparation Needed"),
            (5, "5: Extensive Preparation Needed"),
        )
    ] == [
        (unescape(link), name) for link, name in re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', zones)
    ]
    other = "from" if direction == "to" else "to"
    assert f"{lead(address(asked._replace(direction=other)))}#next" in page.links


def test_a_job_zone_of_no_occupation_has_a_sentence_and_the_ways_to_others(
    full: FlaskClient,
) -> None:
    page = read(full.get(f"{GAP}&job_zone=6"))

    none = "out of 1,015 that O*NET lists, is known to be in job zone 6. Choose another, or any."
    assert none in page.words
    assert [f"{GAP}#next", *(f"{GAP}&job_zone={zone}#next" for zone in range(1, 6))] == [
        link for link in page.links if link.endswith("#next") and "direction" not in link
    ]


def test_where_no_job_zone_is_held_none_is_offered(starter: FlaskClient) -> None:
    plain, asked = (read(starter.get(f"{GAP}{more}")) for more in ("", "&job_zone=5"))

    assert "Job zone" not in plain.words
    assert f"{GAP}#next" not in plain.links
    assert "is known to be in job zone 5. Choose any." in asked.words
    assert f"{GAP}#next" in asked.links


@pytest.mark.parametrize("target", ["/", f"/?from={EXECUTIVES}", GAP, f"/?from=xyzzy&to={UNREAD}"])
def test_it_says_how_many_occupations_are_held_and_what_brings_all(
    starter: FlaskClient, target: str
) -> None:
    held = "64 of 1,016 occupations of O*NET 29.0 have skills ratings here."

    page = read(starter.get(target))
    assert f"{held} flask seed latest brings all that O*NET has rated." in page.words


def test_of_a_whole_release_it_says_how_many_are_rated_and_of_nothing_more(
    full: FlaskClient,
) -> None:
    page = read(full.get("/"))

    assert "879 rated occupations of O*NET 29.0." in page.words
    assert "flask seed" not in page.words


def test_it_says_how_much_is_held_of_the_domain_that_is_asked_for(full: FlaskClient) -> None:
    page = read(full.get("/?domain=abilities"))

    assert "No occupation has abilities ratings here. flask seed latest brings" in page.words


def test_where_ratings_are_not_here_it_is_said_once_how_many_are(starter: FlaskClient) -> None:
    page = read(starter.get(f"/?from={EXECUTIVES}&to={UNREAD}"))

    assert 1 == page.words.count("64 of 1,016 occupations of O*NET 29.0 have skills ratings here.")
    assert "whoever runs it can bring all by “flask seed latest”" in page.words


@pytest.mark.parametrize(("direction", "code"), [("to", EXECUTIVES), ("from", DEVELOPERS)])
def test_next_steps_are_the_first_ten_of_the_api(
    starter: FlaskClient, direction: str, code: str
) -> None:
    target = f"/occupations/{code}/transitions?direction={direction}&limit=10"
    ranked = starter.get(target).get_json()["transitions"]
    text = starter.get(f"{GAP}&direction={direction}").text.partition('<ol class="steps">')[2]

    found = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <strong>(\d+) %', text)
    wanted = [
        (
            address(
                with_side(
                    Question(EXECUTIVES, DEVELOPERS, "skills", direction), direction, one["code"]
                )
            ),
            one["title"],
            words.percent(one["fit"]),
        )
        for one in ranked
    ]
    assert wanted == [
        (unescape(link), unescape(title), f"{share} %") for link, title, share in found
    ]


def test_what_every_element_and_both_occupations_are_is_one_step_away(
    open_page: Open, seeded: Seeded, tmp_path: Path
) -> None:
    release = write_meanings(write_lists(write_release(tmp_path / "db_28_1_text")))
    client = open_page(seeded(release))
    answer = client.get(f"/?from={KITES}&to={MOONS}")
    page = read(answer)
    named = set(re.findall(r'href="#(word-[^"]+)"', answer.text))

    assert named
    assert named <= set(page.ids)
    for code in (KITES, MOONS):
        assert f"https://www.onetonline.org/link/summary/{code}" in page.links
    about = answer.text.partition('<details class="about">')[2].partition("</details>")[0]
    told = client.get(f"/occupations/{MOONS}").get_json()
    assert (told["description"] or "") in unescape(about)
    assert "Kite Masters. They do. Job zone 5: Extensive Preparation Needed." in re.sub(
        "<.*?>", "", about
    )


def test_the_step_that_is_compared_above_is_marked(starter: FlaskClient) -> None:
    first = starter.get(f"/occupations/{EXECUTIVES}/transitions?limit=1").get_json()
    nearest = first["transitions"][0]["code"]

    assert 1 == read(starter.get(f"/?from={EXECUTIVES}&to={nearest}")).words.count("compared above")


def test_without_next_steps_the_comparison_is_shown_and_says_what_is_missing(
    open_page: Open, starter_database: str, monkeypatch
) -> None:
    client = open_page(starter_database)
    monkeypatch.setattr("app.page.reading.transitions_body", lambda *_: 1 / 0)
    answer = client.get(GAP)
    page = read(answer)

    assert 200 == answer.status_code
    assert "Chief Executives already have 88 %" in page.words
    assert "cannot be worked out just now; the comparison above is whole. Try again" in page.words
    assert GAP in page.links


def test_an_alternate_title_finds_its_occupation_and_a_shared_one_is_a_choice(
    full: FlaskClient,
) -> None:
    found = read(full.get(f"/?from=ceo&to={DEVELOPERS}"))
    answer = full.get(f"/?from=Machine+Operator&to={DEVELOPERS}")
    page = read(answer)

    assert {"from": "Chief Executives", "to": "Web Developers"} == found.values
    assert 422 == answer.status_code
    shared = "You asked for “Machine Operator”. More than one occupation has this title."
    assert "Which occupation do you mean?" in page.words
    assert f"{shared} It could be:" in page.words
    choices = [link for link in page.links if link.startswith("/?from=")]
    problem = full.get(f"/skill-gap?from=Machine+Operator&to={DEVELOPERS}").get_json()
    assert {f"/?from={one['code']}&to={DEVELOPERS}" for one in problem["candidates"]["from"]} == {
        *choices
    }
    found = [full.get(link).status_code for link in choices]
    assert sorted(found) == found
    assert found.count(404) == page.words.count("no ratings")


def settings_of(url: str) -> dict[str, object]:
    return {
        "onet_api_url": url,
        "onet_api_key": CANARY,
        "onet_max_rate": 1_000.0,
        "onet_deadline": 2.0,
        "cache_ttl": 1_000,
    }


def test_what_is_fetched_from_onet_says_so_and_links_there(
    open_page: Open, empty_database: str, sandbox: Sandbox
) -> None:
    client = open_page(empty_database, **settings_of(sandbox.url))
    empty = read(client.get("/"))
    page = read(client.get(f"/?from={KITES}&to={TIDES}"))

    others = "Others are fetched from O*NET when they are asked for."
    assert f"No occupation has skills ratings here. {others}" in empty.words
    assert "flask seed" not in empty.words
    assert "fetched from O*NET Web Services on 4 May 2026 (today)" in page.words
    assert "https://services.onetcenter.org/" in page.links


def test_a_code_that_was_replaced_is_answered_and_says_so(
    open_page: Open, seeded: Seeded, made_up: Path, sandbox: Sandbox
) -> None:
    client = open_page(seeded(made_up), **settings_of(sandbox.url))
    answer = client.get(f"/?from={KITES}&to={FORMER}")
    page = read(answer)

    assert 200 == answer.status_code
    assert f"O*NET replaced {FORMER} by {TIDES} Tide Clerks." in page.words
    assert "Tide Clerks" == page.values["to"]
    assert f"/?from={KITES}&to={TIDES}&direction=from#next" in page.links


def test_what_is_to_be_noted_of_both_sides_alike_is_said_once(
    open_page: Open, seeded: Seeded, made_up: Path, sandbox: Sandbox
) -> None:
    client = open_page(seeded(made_up), **settings_of(sandbox.url))
    page = read(client.get(f"/?from={FORMER}&to={FORMER.partition('.')[0]}"))

    assert 1 == page.words.count(f"O*NET replaced {FORMER} by {TIDES} Tide Clerks.")


@pytest.mark.parametrize("named", ["web developers", DEVELOPERS, " 15-1254 "])
@pytest.mark.parametrize(
    ("asked", "missing", "heading", "first_link", "other"),
    [
        ("from", "want", "Where Web Developers could go next", "from=15-1254.00&amp;to=", "to"),
        (
            "to",
            "have",
            "Who could become Web Developers",
            "&amp;to=15-1254.00&amp;direction=from",
            "from",
        ),
    ],
)
def test_one_occupation_alone_shows_its_next_steps_and_asks_for_the_other(
    starter: FlaskClient, named: str, asked: str, missing: str, heading, first_link, other
) -> None:
    answer = starter.get("/?" + urlencode({asked: named}))
    page, text = read(answer), answer.text

    assert 200 == answer.status_code
    assert "One more occupation" in page.words
    assert f"Fill in “The job you {missing}” as well and press Compare" in page.words
    assert heading in page.words
    assert first_link in text.partition('<ol class="steps">')[2].partition("</li>")[0]
    assert any(link.startswith(f"/?{other}=15-1254.00") for link in page.links)
    assert "O*NET 29.0 Database" in page.words
    assert 'value="Web Developers"' in text


def test_one_occupation_that_nothing_can_be_said_of_leaves_the_question(
    starter: FlaskClient,
) -> None:
    page = read(starter.get("/?from=25-2032.00"))

    assert "One more occupation" in page.words
    assert "could go next" not in page.words
