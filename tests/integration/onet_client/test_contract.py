"""One contract for both API versions and both table layouts, over a part of a whole release.

The long tests read all of it.
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from support.canary import CANARY
from support.release_files import write_part
from support.streaming import stream_ratings

from onet_client import errors
from onet_client.client import OnetClient, connect
from onet_client.governor import InMemoryGovernor
from onet_client.rows import RatingRow
from onet_client.sandbox import ApiVersion, Layout, ReleaseTables, Sandbox, load_release

RATINGS = 61_530  # of the 29.0 release
MOST_REQUESTS = 40
MOST_MEMORY_MB = 80
UNRATED = "15-1252.00"
Expected = dict[str, frozenset[RatingRow]]


def missing(text: str) -> bool:
    return text in ("n/a", "")


def figure(text: str) -> Decimal | None:
    return None if missing(text) else Decimal(text)


def flag(text: str) -> bool | None:
    return None if missing(text) else text == "Y"


def rating(fields: list[str]) -> RatingRow:
    code, element, name, scale, value, n, error, low, high, suppress, relevant, day, source = fields
    month, year = day.split("/")
    return RatingRow(
        code, element, name, scale, Decimal(value), int(n),
        figure(error), figure(low), figure(high), flag(suppress), flag(relevant),
        date(int(year), int(month), 1), source,
    )  # fmt: skip


class Source(NamedTuple):
    """What the sandbox serves: the lines of the text up to a code, and how many they are."""

    layout: Layout
    last: str
    rated: int
    ratings: int


WHOLE, PART = ("99-9999.99", 879, RATINGS), ("19-9999.99", 237, 16_590)


@pytest.fixture(
    scope="module",
    params=[
        Source("single", *PART),
        Source("split", *PART),
        pytest.param(Source("single", *WHOLE), marks=pytest.mark.soak),
        pytest.param(Source("split", *WHOLE), marks=pytest.mark.soak),
    ],
    ids=["single-part", "split-part", "single", "split"],
)
def source(request: pytest.FixtureRequest) -> Source:
    found: Source = request.param
    return found


@pytest.fixture(scope="module")
def folder(source: Source, full_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The text release that the sandbox serves."""
    made = tmp_path_factory.mktemp("release") / full_release.name
    return write_part(full_release, made, source.last)


@pytest.fixture(scope="module")
def expected(folder: Path) -> Expected:
    """The ratings of the text file, by occupation."""
    ratings = defaultdict(set)
    for line in (folder / "Skills.txt").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split("\t")
        ratings[fields[0]].add(rating(fields))
    return {code: frozenset(found) for code, found in ratings.items()}


@pytest.fixture(scope="module")
def release(folder: Path, source: Source) -> ReleaseTables:
    return load_release(folder, source.layout)


@pytest.fixture(scope="module", params=["2", "1.9"])
def sandbox(request: pytest.FixtureRequest, release: ReleaseTables) -> Iterator[Sandbox]:
    api: ApiVersion = request.param
    with Sandbox(release, api) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, request: pytest.FixtureRequest) -> OnetClient:
    sandbox.clear_requests()
    api = request.node.callspec.params["sandbox"]
    return connect(
        sandbox.url, api, api_key=CANARY, username="u", password=CANARY,
        governor=InMemoryGovernor(100_000), deadline=60,
    )  # fmt: skip


def test_the_stream_of_all_ratings_equals_the_text_files_in_few_requests(
    client: OnetClient, sandbox: Sandbox, expected: Expected, source: Source
) -> None:
    streamed = defaultdict(set)
    rows = 0
    for page in stream_ratings(client, "skills"):
        rows += len(page)
        for one in page:
            streamed[one.occupation_code].add(one)

    assert expected == streamed
    assert (source.rated, source.ratings) == (len(streamed), rows)
    assert len(sandbox.requests) <= MOST_REQUESTS


@pytest.mark.parametrize("step", [20, pytest.param(1, marks=pytest.mark.soak)])
def test_single_occupations_equal_the_text_files(
    client: OnetClient, expected: Expected, step: int
) -> None:
    for code in sorted(expected)[::step]:
        found = client.ratings(code, "skills")
        assert expected[code] == frozenset(found)
        assert len(expected[code]) == len(found)


def test_the_occupation_list_names_all_and_an_occupation_is_described(
    client: OnetClient, full_release: Path
) -> None:
    lines = (full_release / "Occupation Data.txt").read_text(encoding="utf-8").splitlines()[1:]
    titles = {code: title for code, title, _ in (line.split("\t") for line in lines)}

    assert titles == {one.code: one.title for one in client.occupations()}
    described = client.occupation(UNRATED)
    assert (UNRATED, titles[UNRATED]) == (described.code, described.title)
    assert described.description is not None
    assert described.description.startswith("Research, design, and develop")


def test_no_ratings_and_no_such_code_are_told_apart(client: OnetClient) -> None:
    with pytest.raises(errors.NoData):
        client.ratings(UNRATED, "skills")
    with pytest.raises(errors.UnknownCode):
        client.ratings("99-9999.99", "skills")
    with pytest.raises(errors.UnknownCode):
        client.occupation("99-9999.99")


def test_the_release_is_named(client: OnetClient) -> None:
    assert client.release() == "29.0"


STREAM = r"""
import re, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.streaming import stream_ratings
from onet_client.client import connect
from onet_client.governor import InMemoryGovernor
client = connect(sys.argv[1], "2", api_key="k", governor=InMemoryGovernor(100_000), deadline=60)
rows = sum(len(page) for page in stream_ratings(client, "skills"))
# Not ru_maxrss, which counts what the parent had when it forked.
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(rows, int(peak[1]) // 1024)
"""


def test_a_whole_release_is_streamed_in_few_requests_and_holds_one_page_at_a_time(
    full_release: Path,
) -> None:
    with Sandbox(load_release(full_release)) as sandbox:
        printed = subprocess.run(
            [sys.executable, "-c", STREAM, sandbox.url, str(Path(__file__).parents[2])],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    rows, megabytes = map(int, re.findall(r"\d+", printed))
    assert rows == RATINGS
    assert len(sandbox.requests) <= MOST_REQUESTS
    assert megabytes < MOST_MEMORY_MB
