"""A batch over real sockets: what it misses is fetched together, once in all processes."""

import json
from collections.abc import Iterator
from pathlib import Path
from select import select
from typing import Any

import pytest
from support.clock import eventually
from support.release_files import codes_in
from support.rig import Connection, Rig, ask, receive, running_rig
from support.waiting import at_once

from onet_client.sandbox import Fault, ReleaseTables

pytestmark = pytest.mark.waits

PROCESSES = 3
CODES = 24


@pytest.fixture
def rig(database_url: str, release: ReleaseTables, tmp_path: Path) -> Iterator[Rig]:
    processes = 1 if database_url.startswith("sqlite") else PROCESSES
    with running_rig(database_url, release, tmp_path, processes, 20.0) as rig:
        yield rig


@pytest.fixture
def codes(starter_release: Path) -> list[str]:
    return codes_in(starter_release / "Skills.txt")[:CODES]


def post(connection: Connection, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    given = [{"from": source, "to": target} for source, target in pairs]
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/skill-gap/batch", json.dumps({"pairs": given}), headers)
    answer = receive(connection)
    assert 200 == answer.status, answer.body
    found: list[dict[str, Any]] = answer.json["answers"]
    return found


def test_batches_in_all_processes_fetch_what_they_miss_once_and_together(
    rig: Rig, codes: list[str]
) -> None:
    rig.upstream.set_faults(Fault(delay=0.05))
    pairs = list(zip(codes, [*codes[1:], codes[0]], strict=True))
    connections = rig.connections(PROCESSES)

    done = at_once([lambda one=one: post(one, pairs) for one in connections])

    for each in done:
        assert [200] * CODES == [item["status"] for item in each.result]
        found = [
            (item["answer"]["from"]["code"], item["answer"]["to"]["code"]) for item in each.result
        ]
        assert pairs == found
    fetched = rig.asked("online/occupations/")
    assert {1} == set(fetched.values())
    assert CODES == len(fetched)
    assert sum(rig.asked("about").values()) < CODES
    assert {"hit"} == {
        word for item in post(connections[0], pairs)
        for word in ["hit" if "; hit" in item["cache_status"] else "miss"]
    }  # fmt: skip


def test_a_single_miss_is_answered_while_a_batch_waits(rig: Rig, codes: list[str]) -> None:
    rig.upstream.set_faults(Fault(path="online/occupations/", delay=0.3))
    *batch, single = codes
    (connection,) = rig.connections(1)
    given = [{"from": code, "to": code} for code in batch]
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/skill-gap/batch", json.dumps({"pairs": given}), headers)
    eventually(True, lambda: bool(rig.asked("online/occupations/")))

    answer = ask(rig.connect(), f"/occupations/{single}")

    answered, _, _ = select([connection.sock], [], [], 0)
    assert (200, []) == (answer.status, answered)
    assert [200] * len(batch) == [item["status"] for item in receive(connection).json["answers"]]
