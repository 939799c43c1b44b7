"""`flask sandbox` as a user has it: told what it would serve, and warmed from over starter data."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.commands import flask, sandbox
from support.databases import load
from support.processes import serving
from support.release_files import write_part
from support.skill_gap_oracle import Oracle, differences

FILES = {
    "skills": ("Essential Skills.txt", "Transferable Skills.txt"),
    "knowledge": ("Knowledge.txt",),
    "abilities": ("Abilities.txt",),
}
ELEMENTS = {"skills": 35, "knowledge": 33, "abilities": 52}
CREDENTIALS = {
    "2": {"ONET_API_KEY": "canary-key"},
    "1.9": {
        "ONET_API_VERSION": "1.9",
        "ONET_API_USERNAME": "name",
        "ONET_API_PASSWORD": "canary-key",
    },
}


@pytest.fixture
def started(tmp_path: Path, starter_release: Path) -> dict[str, str]:
    """The settings of a database that holds the starter data."""
    url = load(f"sqlite:///{tmp_path / 'skillgap.db'}", starter_release)
    return {"DATABASE_URL": url, "ONET_MAX_RATE": "200"}


def wrong_pairs(
    oracle: Oracle, domain: str, folder: Path, settings: dict[str, str], pairs: int
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield random pairs whose answer is not what an independent calculation says, and why."""
    chance = random.Random(303)
    query = {"domain": domain, "include": "covered"}
    with serving(folder, **settings) as server, requests.Session() as session:
        for _ in range(pairs):
            source, target = chance.choices(oracle.rated, k=2)
            body = session.get(
                f"{server.url}/skill-gap", params={"from": source, "to": target, **query}
            ).json()
            assert ELEMENTS[domain] == body["summary"]["compared"]
            assert ({"api"}, {"30.3"}) == (
                {body["sources"][side]["origin"] for side in ("from", "to")},
                {body["sources"][side]["release"] for side in ("from", "to")},
            )
            if found := differences(oracle, source, target, body):
                yield source, target, found


@pytest.mark.parametrize("api", ["2", "1.9"])
@pytest.mark.parametrize(
    ("domain", "last", "rated", "pairs"),
    [
        pytest.param("skills", "13-9999.99", 99, 40, id="skills-part"),
        pytest.param("skills", "99", 894, 200, marks=pytest.mark.soak, id="skills"),
        pytest.param("knowledge", "99", 894, 200, marks=pytest.mark.soak, id="knowledge"),
        pytest.param("abilities", "99", 894, 200, marks=pytest.mark.soak, id="abilities"),
    ],
)
def test_all_is_warmed_over_starter_data_and_pairs_are_as_calculated_from_the_files(
    three_domains: Path,
    tmp_path: Path,
    started: dict[str, str],
    api: str,
    domain: str,
    last: str,
    rated: int,
    pairs: int,
) -> None:
    release = three_domains
    if last != "99":
        release = write_part(three_domains, tmp_path / three_domains.name, last)
    oracle = Oracle(release, *FILES[domain])
    with sandbox(release, tmp_path, "--api", api) as upstream:
        settings = started | CREDENTIALS[api] | {"ONET_API_URL": upstream.url}
        done = flask("warm", "--all", "--domain", domain, **settings)
    assert 0 == done.returncode, done.stderr
    assert f"{rated} filled, {1_016 - rated} without ratings, 0 failed, of 1,016" in done.stdout
    assert rated == len(oracle.rated)
    assert [] == list(wrong_pairs(oracle, domain, tmp_path, started, pairs))


def test_check_tells_the_tables_of_a_real_release_and_ends(newer_release: Path) -> None:
    done = flask("sandbox", "--release", str(newer_release), "--check")
    assert (0, "") == (done.returncode, done.stderr)
    first, *tables = done.stdout.splitlines()
    assert "O*NET 30.3, tables: 39" == first
    assert 2 * 39 == len(tables)
    assert "transferable_skills, rows: 44,700" in tables
    emerging = tables[tables.index("emerging_tasks, rows: 328") + 1]
    assert "category Text, original_task_id Number" in emerging


def test_check_ends_with_what_is_left_out(made_up_release: Path) -> None:
    (made_up_release / "Knowledge.txt").write_text("A\tB\nx\n", encoding="utf-8")
    done = flask("sandbox", "--release", str(made_up_release), "--check")
    assert (0, "") == (done.returncode, done.stderr)
    assert "Left out: Knowledge.txt, line 2: 1 fields, not 2" == done.stdout.splitlines()[-1]


@pytest.mark.parametrize("options", [(), ("--check",)])
def test_what_cannot_be_served_is_told_in_one_line(
    made_up_release: Path, options: tuple[str, ...]
) -> None:
    (made_up_release / "Occupation Data.txt").unlink()
    done = flask("sandbox", "--release", str(made_up_release), *options)
    assert (1, "") == (done.returncode, done.stdout)
    [line] = done.stderr.splitlines()
    assert line.startswith("Error: Occupation Data.txt: not found in ")


def test_a_port_that_another_has_is_told_with_what_helps(made_up_release: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = flask("sandbox", "--release", str(made_up_release), "--port", str(port))
    assert (1, "") == (done.returncode, done.stdout)
    assert f"Error: port {port} of 127.0.0.1 is taken: choose a --port\n" == done.stderr


def test_only_the_credentials_of_the_settings_are_taken_where_that_is_asked_for(
    made_up_release: Path, tmp_path: Path
) -> None:
    settings = CREDENTIALS["2"]
    with sandbox(made_up_release, tmp_path, "--require-credentials", **settings) as running:
        statuses = [
            requests.get(f"{running.url}about", headers={"X-API-Key": key}, timeout=10).status_code
            for key in ("canary-key", "another")
        ]
    assert [200, 403] == statuses
