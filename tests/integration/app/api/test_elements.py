"""GET /elements quotes what a release says of elements and levels; what it does not say is null."""

import csv
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.clock import LIMITS, FakeClock, eventually
from support.databases import load_once
from support.made_up_release import write_meanings, write_release
from support.release_files import change

from cache.release.seed import seed
from onet_client.content_model import DOMAINS, domain_of

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
