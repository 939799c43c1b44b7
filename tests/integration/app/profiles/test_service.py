"""A profile that repeats an occupation has that occupation's figures, to the last digit."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url
from support.clock import FakeClock
from support.crosswalk import FORMER, KITES, MOONS, TIDES, UNRATED
from support.databases import load_once

from app.gaps.compare import compare
from app.profiles.service import Own
from app.settings import Settings
from app.transitions.choice import OWN, TransitionsChoice
from app.transitions.readiness import readiness_of_all
from app.wiring.container import Services
from cache.profile import Profile
from onet_client.content_model import DOMAINS
from onet_client.sandbox import Fault, Sandbox

TARGETS = 12
"""Occupations that each one is compared with element by element; its readiness is, for all."""


@pytest.fixture(scope="module")
def whole(three_domains: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The services over all of O*NET's occupations in three domains."""
    clock = FakeClock()
    url = load_once(three_domains, clock, tmp_path_factory)
    services = Services(Settings(database_url=make_url(url)), clock)
    yield services
    services.engine.dispose()
    services.changes.stop()


def levels(profile: Profile) -> dict[str, float]:
    return dict(zip([one.id for one in profile.ratings], profile.levels, strict=True))


def check_gaps(services: Services, code: str, domain: str, targets: Sequence[str]) -> None:
    """Compare an occupation, and what repeats it, with others; the readiness with all others."""
    matrix = services.matrices.snapshot(domain).matrix
    source = services.lookup.one(code, domain).reading.profile
    told = readiness_of_all(matrix, code, "to").tolist()
    back = readiness_of_all(matrix, code, "from").tolist()
    for target in targets:
        sure = own_gap(services, Own((code,), {}), target, domain)
        other = services.lookup.one(target, domain).reading.profile
        expected = compare(source, other)
        assert expected.gaps == sure.gaps
        assert expected.readiness_interval == sure.readiness_interval
        for ratings_only in ((), (code,)):
            given = own_gap(services, Own(ratings_only, levels(source)), target, domain)
            assert expected.readiness == given.readiness
            assert [figures(gap) for gap in expected.gaps] == [figures(gap) for gap in given.gaps]
            assert given.readiness_interval is None
    for own in (Own((code,), {}), Own((code,), levels(source))):
        profile = services.profiles.subject(own, [domain], 10.0).profiles[domain]
        with_it = matrix.changed([profile])
        assert told == readiness_of_all(with_it, OWN, "to").tolist()[:-1]
        assert back == readiness_of_all(with_it, OWN, "from").tolist()[:-1]


def own_gap(services: Services, own: Own, target: str, domain: str) -> Any:
    pair = services.profiles.pair(own, target, domain)
    return compare(pair.profile, pair.target.profile)


def figures(gap: Any) -> tuple[Any, ...]:
    return gap.target, gap.kind, gap.level_gap, gap.priority, gap.gain


def check_ranking(services: Services, code: str, domains: Sequence[str]) -> None:
    """Rank for an occupation, and for what repeats it; only what is sure may differ."""
    choice = TransitionsChoice(limit=2_000)
    readings = [services.lookup.one(code, domain).reading for domain in domains]
    told = services.transitions.of(readings, choice)
    expected = orjson.loads(told.transitions)
    ratings = {id_: level for one in readings for id_, level in levels(one.profile).items()}
    for given in ({}, ratings):
        subject = services.profiles.subject(Own((code,), given), domains, 10.0)
        ranked = services.transitions.of_profile(subject.profiles, subject.titles, choice)
        found = orjson.loads(ranked.transitions)
        if given:
            assert {None} == {row.pop("tied_with") for row in found}
            expected = [{k: v for k, v in row.items() if k != "tied_with"} for row in expected]
        assert expected == found
        assert told._replace(transitions=b"") == ranked._replace(transitions=b"")


def rated(services: Services, domains: Sequence[str]) -> list[str]:
    titles = [services.matrices.snapshot(domain).matrix.titles.keys() for domain in domains]
    return sorted(set.intersection(*map(set, titles)))


def test_some_occupations_and_what_repeats_them(starter_app: Flask) -> None:
    services = starter_app.extensions["skillgap"]
    codes = rated(services, ["skills"])

    for code in codes[::20]:
        check_gaps(services, code, "skills", codes[::9])
        check_ranking(services, code, ["skills"])


@pytest.mark.soak
@pytest.mark.parametrize("domain", DOMAINS)
def test_all_occupations_in_each_domain_and_what_repeats_them(whole: Services, domain: str) -> None:
    codes = rated(whole, [domain])
    chosen = random.Random(30)

    assert len(codes) > 850
    for code in codes:
        check_gaps(whole, code, domain, chosen.sample(codes, TARGETS))


@pytest.mark.soak
def test_the_ranking_of_all_occupations_by_three_domains_and_of_what_repeats_them(
    whole: Services,
) -> None:
    codes = rated(whole, DOMAINS)

    assert len(codes) > 850
    for code in codes:
        check_ranking(whole, code, DOMAINS)


def titles(found: dict[str, Any]) -> list[str]:
    return [one["code"] for one in found["from"]["occupations"]]


@pytest.fixture
def behind(open_behind: Any) -> FlaskClient:
    """A client of the API over an empty database, with the sandbox behind it."""
    client: FlaskClient = open_behind()
    return client


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_missing_is_fetched_together_and_read_once(
    behind: FlaskClient, sandbox: Sandbox
) -> None:
    said = {"occupations": [KITES, MOONS, KITES]}

    first = behind.post("/skill-gap", json={"from": said, "to": TIDES})
    asked = sandbox.request_count
    second = behind.post("/transitions", json={"from": said, "domains": ["skills"]})

    assert (200, 3) == (first.status_code, first.headers["Cache-Status"].count("fwd=miss; stored"))
    assert [KITES, MOONS] == titles(first.get_json()) == titles(second.get_json())
    assert (200, 2) == (second.status_code, second.headers["Cache-Status"].count("; hit"))
    assert asked == sandbox.request_count


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_occupation_that_cannot_be_fetched_is_named_and_an_old_code_is_followed(
    behind: FlaskClient, sandbox: Sandbox
) -> None:
    sandbox.set_faults(Fault(path=f"occupations/{MOONS}", status=403))
    followed = {"occupations": [KITES, FORMER]}

    for path, to in (("/skill-gap", {"to": TIDES}), ("/transitions", {"domains": ["skills"]})):
        failed = behind.post(path, json={"from": {"occupations": [KITES, MOONS]}, **to})
        unrated = behind.post(path, json={"from": {"occupations": [KITES, UNRATED]}, **to})
        found = behind.post(path, json={"from": followed, **to})

        assert (503, "from.occupations[1]") == (failed.status_code, failed.get_json()["occupation"])
        assert (404, "from.occupations[1]") == (
            unrated.status_code,
            unrated.get_json()["occupation"],
        )
        assert [KITES, TIDES] == titles(found.get_json())
        (note,) = found.get_json()["notes"]
        assert ("from.occupations[1]", FORMER, TIDES) == (
            note["parameter"],
            note["code"],
            note["replaced_by"],
        )
