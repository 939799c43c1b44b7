"""Knowledge and abilities are fetched, warmed, compared and forgotten as skills are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.canary import CANARY
from support.crosswalk import KITES, TIDES
from support.made_up_release import ELEMENTS, OTHER_ELEMENTS, write_domain, write_release
from support.warming import expire_leases, finish, make_worker

from app.wiring.container import Services
from cache.entries.purge import purge
from cache.warm.queue import ATTEMPTS
from onet_client.sandbox import Sandbox, load_release

GAP = f"/skill-gap?from={KITES}&to={TIDES}&include=covered"
ADMIN = "canary-token"
RATED_ON = OTHER_ELEMENTS | {"Skills": ELEMENTS}

Start = Callable[[Sandbox], FlaskClient]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up release with ratings of all domains."""
    folder = write_release(tmp_path_factory.mktemp("release") / "db_28_1_text")
    for stem in OTHER_ELEMENTS:
        write_domain(folder, stem)
    return folder


@pytest.fixture(scope="module")
def all_domains(release: Path) -> Iterator[Sandbox]:
    with Sandbox(load_release(release), api_key=CANARY) as running:
        yield running


@pytest.fixture
def start(open_behind: Callable[..., FlaskClient]) -> Start:
    """Makes a client of the API over the test's own database and an upstream."""
    return lambda upstream: open_behind(onet_api_url=upstream.url, admin_token=ADMIN)


def services_of(client: FlaskClient) -> Services:
    found: Services = client.application.extensions["skillgap"]
    return found


def counts(client: FlaskClient) -> dict[str, dict[str, int]]:
    """The entries of each domain by freshness, without what there is none of."""
    entries = services_of(client).inventory.summary().entries
    return {domain: {s: n for s, n in found.items() if n} for domain, found in entries.items()}


def work(client: FlaskClient) -> None:
    """Do all that a worker beside the API would."""
    services = services_of(client)
    finish(make_worker(services.writer, services.upstream.client, services.now))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("stem", RATED_ON)
def test_a_domain_is_fetched_and_answered_as_if_it_had_been_seeded(
    start: Start,
    all_domains: Sandbox,
    release: Path,
    seeded: Callable[[Path], str],
    open_app: Callable[..., FlaskClient],
    stem: str,
) -> None:
    domain = stem.lower()
    client = start(all_domains)
    first, second = (client.get(f"{GAP}&domain={domain}") for _ in range(2))
    loaded = open_app(seeded(release)).get(f"{GAP}&domain={domain}").get_json()

    assert f'skillgap; fwd=miss; stored; key="{domain}/{KITES}"' in first.headers["Cache-Status"]
    assert f'key="{domain}/{KITES}"' in second.headers["Cache-Status"]
    assert first.data == second.data
    fetched: dict[str, Any] = first.get_json()
    parts = ("from", "to", "domain", "summary", "gaps", "covered", "incomparable")
    assert {part: loaded[part] for part in parts} == {part: fetched[part] for part in parts}
    assert len(RATED_ON[stem]) == fetched["summary"]["compared"]
    assert {None} == {item["significant"] for item in fetched["gaps"] + fetched["covered"]}
    others = {"skills": {}, "knowledge": {}, "abilities": {}}
    assert others | {domain: {"fresh": 2}} == counts(client)


def test_one_occupation_has_its_ratings_in_the_domain_asked_for(
    start: Start, all_domains: Sandbox
) -> None:
    body = start(all_domains).get(f"/occupations/{KITES}?domain=knowledge").get_json()

    assert ("knowledge", sorted(OTHER_ELEMENTS["Knowledge"])) == (
        body["domain"],
        [rating["id"] for rating in body["ratings"]],
    )


def test_whole_tables_of_a_domain_are_warmed_beside_those_of_another(
    start: Start, all_domains: Sandbox
) -> None:
    client = start(all_domains)
    token = {"Authorization": f"Bearer {ADMIN}"}
    for domain in ("skills", "knowledge"):
        wanted = {"all": True, "domain": domain}
        assert 202 == client.post("/admin/cache/warm", json=wanted, headers=token).status_code
    work(client)

    both = {"fresh": 4, "empty": 1}
    assert {"skills": both, "knowledge": both, "abilities": {}} == counts(client)
    assert "skillgap; hit" in client.get(f"{GAP}&domain=knowledge").headers["Cache-Status"]
    assert "skillgap; hit" in client.get(GAP).headers["Cache-Status"]


def test_one_domain_is_forgotten_without_the_others(start: Start, all_domains: Sandbox) -> None:
    client = start(all_domains)
    for domain in ("skills", "knowledge"):
        client.get(f"{GAP}&domain={domain}")

    purge(services_of(client).writer, None, "knowledge")

    assert {"skills": {"fresh": 2}, "knowledge": {"absent": 2}, "abilities": {}} == counts(client)


def test_a_domain_that_the_upstream_does_not_offer_is_a_503_and_never_remembered_as_nothing(
    start: Start, sandbox: Sandbox
) -> None:
    client = start(sandbox)
    answers = [client.get(f"{GAP}&domain=abilities") for _ in range(2)]

    for answer in answers:
        assert (503, "upstream-unavailable") == problem(answer)
        assert answer.get_json()["detail"].endswith("O*NET Web Services offer no abilities.")
    assert {"absent"} == counts(client)["abilities"].keys()
    assert 200 == client.get(GAP).status_code


def test_warming_what_the_upstream_does_not_offer_fails_and_says_what_it_offers(
    start: Start, sandbox: Sandbox
) -> None:
    client = start(sandbox)
    services = services_of(client)
    job = services.warm_jobs.request("knowledge", "codes", [KITES])
    for _ in range(ATTEMPTS):
        work(client)
        expire_leases(services.writer)

    found = services.warm_jobs.find(job.id)
    assert found is not None
    assert "no table for knowledge among those offered: " in found.errors[0]["error"]
    assert {"absent"} == counts(client)["knowledge"].keys()
