"""GET /elements quotes what a release says of elements and levels; what it does not say is null."""

import csv
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.canary import CANARY
from support.clock import LIMITS, FakeClock, eventually
from support.databases import load_once
from support.made_up_release import write_meanings, write_release
from support.release_files import change

from cache.release.seed import seed
from onet_client.content_model import DOMAINS, domain_of
from onet_client.sandbox import Fault, Sandbox, load_release

SIZES = {"skills": 35, "knowledge": 33, "abilities": 52}


def lines(release: Path, name: str) -> list[list[str]]:
    text = (release / f"{name}.txt").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def descriptions(release: Path) -> dict[str, str]:
    return {key: text for key, _, text in lines(release, "Content Model Reference")}


@pytest.fixture(scope="session")
def newer_app(share_app, newer_release, tmp_path_factory):
    return share_app(load_once(newer_release, FakeClock(), tmp_path_factory)).application


@pytest.fixture
def newer(newer_app, clock):
    """A client of the API over O*NET 30.3, whose prose has words that are of SQL, too."""
    return FlaskClient(newer_app)


def test_every_description_and_anchor_of_30_3_is_as_in_its_files(newer, newer_release):
    said = descriptions(newer_release)
    anchors: dict[str, list[dict[str, object]]] = {}
    for key, _, scale, level, text in lines(newer_release, "Level Scale Anchors"):
        if scale == "LV" and domain_of(key):
            anchors.setdefault(key, []).append({"level": int(level), "text": text})

    found = {}
    for domain in DOMAINS:
        body = newer.get(f"/elements?domain={domain}").get_json()
        assert SIZES[domain] == body["total"] == len(body["elements"])
        assert {domain} == {one["domain"] for one in body["elements"]}
        assert "notes" not in body
        found |= {one["id"]: one for one in body["elements"]}

    assert {key: said[key] for key in found} == {k: one["description"] for k, one in found.items()}
    assert anchors == {key: one["anchors"] for key, one in found.items()}
    assert "30.3 Database" in body["attribution"]


def test_without_anchors_descriptions_stand_alone_and_a_note_says_so(full, full_release):
    said = descriptions(full_release)
    for domain in ("skills", "knowledge"):
        body = full.get("/elements", query_string={"domain": domain}).get_json()
        assert SIZES[domain] == body["total"]
        assert {one["id"]: (said[one["id"]], None) for one in body["elements"]} == {
            one["id"]: (one["description"], one["anchors"]) for one in body["elements"]
        }
        assert body["sources"]["anchors"] is None
        assert ["What was read of O*NET 29.0 has no level anchors that can be used."] == [
            note["text"] for note in body["notes"]
        ]


def test_the_starter_data_say_neither_and_how_to_get_them(starter):
    body = starter.get("/elements/2.B.3.e").get_json()

    assert ("Programming", None, None) == (body["name"], body["description"], body["anchors"])
    assert {"descriptions": None, "anchors": None} == body["sources"]
    assert all("`flask seed latest`" in note["text"] for note in body["notes"])


def test_one_element_is_as_in_the_list(newer):
    body = newer.get("/elements?domain=knowledge").get_json()
    for element in body["elements"][::8]:
        one = newer.get(f"/elements/{element['id']}").get_json()
        assert element == {name: one[name] for name in element}
        assert body["sources"] == one["sources"]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("2.B.3", "2.B.3.a"),
        ("2.b.3.E", "2.B.3.e"),
        ("programing", "2.B.3.e"),
        ("2.B.3.z", "2.B.3.m"),
        ("99", None),
        ("%00", None),
        ("x" * 5000, None),
    ],
)
def test_an_element_that_is_none_is_a_404_with_those_that_may_be_meant(starter, text, near):
    answer = starter.get(f"/elements/{text}")

    assert (404, "element-not-found") == problem(answer)
    assert near == next((one["id"] for one in answer.get_json()["suggestions"]), None)


def test_others_may_keep_an_answer_and_ask_whether_it_holds(newer):
    answer = newer.get("/elements", headers={"Accept-Encoding": "gzip"})
    plain = newer.get("/elements")
    again = newer.get("/elements", headers={"If-None-Match": plain.headers["ETag"]})

    assert "gzip" == answer.headers["Content-Encoding"]
    assert plain.headers["ETag"][:-1] + '-gzip"' == answer.headers["ETag"]
    assert 304 == again.status_code
    for each in (answer, plain, again):
        assert each.headers["Cache-Control"].startswith("public, max-age=3600, ")
        assert "Cache-Status" not in each.headers


def test_a_release_that_is_loaded_shows_within_a_second(open_app, engine, clock, tmp_path):
    client = open_app(engine.url)
    release = write_meanings(write_release(tmp_path / "db_28_1_text"))

    def description() -> str | None:
        return client.get("/elements/2.B.1.a").get_json().get("description")

    assert [] == client.get("/elements").get_json()["elements"]
    for old, new in (("Making knots.", "Knots are made."), ("Knots are made.", "All knots.")):
        change(release / "Content Model Reference.txt", old, new)
        seed(engine, release, limits=LIMITS, now=clock)
        eventually(new, description, 1.5)


@pytest.fixture
def telling(tmp_path):
    """An upstream that tells what elements mean."""
    release = write_meanings(write_release(tmp_path / "db_28_1_text"))
    with Sandbox(load_release(release), api_key=CANARY) as running:
        yield running


@pytest.fixture
def open_telling(open_behind, telling):
    """Makes a client over an empty database, with that upstream behind it."""
    return partial(open_behind, onet_api_url=telling.url)


def test_a_database_that_only_the_api_fills_has_them_at_the_first_ask(open_telling, telling):
    client = open_telling()

    first = client.get("/elements/2.B.1.a").get_json()
    asked = [request.path for request in telling.requests]
    gap = client.get("/skill-gap?from=11-9001&to=15-9002")

    assert ("Making knots.", 2) == (first["description"], len(first["anchors"]))
    assert {"api"} == {source["origin"] for source in first["sources"].values()}
    assert "O*NET Web Services" in first["attribution"]
    assert 4 == len(asked)
    assert 200 == gap.status_code
    assert first == client.get("/elements/2.B.1.a").get_json()
    assert ["2.A.1.a", "2.A.1.b", "2.B.1.a"] == [
        one["id"] for one in client.get("/elements").get_json()["elements"]
    ]
    assert not [one for one in telling.requests[4:] if "content_model" in one.path]


def test_no_failure_there_fails_a_gap_and_others_keep_the_answer_for_seconds(open_telling, telling):
    client = open_telling(onet_read_timeout=1.0, onet_deadline=3.0)
    assert 200 == client.get("/skill-gap?from=11-9001&to=15-9002").status_code
    telling.set_faults(Fault(status=500))

    answer = client.get("/elements")
    elements = client.application.extensions["skillgap"].elements

    assert {None} == {one["anchors"] and 1 for one in answer.get_json()["elements"]}
    assert 3 == len(elements.of("skills"))
    assert "max-age=30," in answer.headers["Cache-Control"]
    assert 200 == client.get("/skill-gap?from=11-9001&to=15-9002").status_code
