"""Whatever changes in a real release of what is not used, the published tables stay the same."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from support.clock import LIMITS, FakeClock
from support.release_files import write_part
from support.tables import OF_A_LOAD, PUBLISHED, dump, without

from cache.release.seed import seed

LAST = "11-3"
"""Only what is said of codes up to this one is loaded, for speed."""
NOT_READ = {
    "Alternate Titles.txt": ["Source(s)"],
    "Job Titles.txt": ["Source(s)"],
    "Job Zones.txt": ["Date", "Domain Source"],
    "Job Zone Reference.txt": ["Experience", "Education", "Job Training", "Examples", "SVP Range"],
}
"""Columns of files that are read, which are not read."""
JUNK_NAMES = ("Work Styles.txt", "Emerging Tasks.txt", "Tools Used.txt", "notes.txt", "a.xlsx")
Rows = list[list[bytes]]
Change = Callable[[Path, Random], None]


def tables_in(folder: Path) -> list[Path]:
    """The files that are tables."""
    return [
        file
        for file in sorted(folder.glob("*.txt"))
        if b"\t" in file.read_bytes().partition(b"\n")[0]
    ]


def rewrite(file: Path, change: Callable[[Rows], Rows]) -> None:
    rows = [line.split(b"\t") for line in file.read_bytes().splitlines() if line]
    file.write_bytes(b"".join(b"\t".join(row) + b"\n" for row in change(rows)))


def one_table(folder: Path, random: Random) -> Path:
    return random.choice(tables_in(folder))


def shuffle_columns(folder: Path, random: Random) -> None:
    file = one_table(folder, random)
    order: list[int] = []

    def change(rows: Rows) -> Rows:
        order[:] = random.sample(range(len(rows[0])), len(rows[0]))
        return [[row[place] for place in order] for row in rows]

    rewrite(file, change)


def add_a_column(folder: Path, random: Random) -> None:
    file = one_table(folder, random)
    place, name = random.randrange(3), random.choice([b"Note", b"", b"\xff\xfe", b"Title ID"])
    body = [b"", b"n/a", b'"', b"\xe9\xff", b"-3", b"x" * 5000]
    rewrite(
        file,
        lambda rows: [
            [*row[:place], name if number == 0 else random.choice(body), *row[place:]]
            for number, row in enumerate(rows)
        ],
    )


def drop_a_column_that_is_not_read(folder: Path, random: Random) -> None:
    file = random.choice([file for file in tables_in(folder) if file.name in NOT_READ])
    name = random.choice(NOT_READ[file.name]).encode()

    def change(rows: Rows) -> Rows:
        if name not in rows[0]:  # dropped already
            return rows
        place = rows[0].index(name)
        return [row[:place] + row[place + 1 :] for row in rows]

    rewrite(file, change)


def shuffle_rows(folder: Path, random: Random) -> None:
    def change(rows: Rows) -> Rows:
        return [rows[0], *random.sample(rows[1:], len(rows) - 1)]

    rewrite(one_table(folder, random), change)


def add_a_file(folder: Path, random: Random) -> None:
    body = random.choice([b"", b"\x00\xff" * 50, b"Category\tO*NET-SOC Code\nNew\t1\t2\n", b"{}"])
    (folder / random.choice(JUNK_NAMES)).write_bytes(body)


def drop_a_file_that_is_not_read(folder: Path, _: Random) -> None:
    for name in ("Abilities to Work Activities.txt", "Software Skills.txt", *JUNK_NAMES):
        (folder / name).unlink(missing_ok=True)


CHANGES: list[Change] = [
    shuffle_columns, add_a_column, drop_a_column_that_is_not_read, shuffle_rows,
    add_a_file, drop_a_file_that_is_not_read,
]  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("full_release", marks=pytest.mark.full_release),
        pytest.param("newer_release", marks=pytest.mark.newer_release),
    ],
    ids=["29.0", "30.3"],
)
def part(request, tmp_path_factory):
    """A part of a real release."""
    folder = tmp_path_factory.mktemp("part") / "db"
    return write_part(request.getfixturevalue(request.param), folder, LAST)


@pytest.fixture(scope="module")
def published_of(migrated_sqlite):
    """Gives the tables that a release is published as."""

    def load(folder: Path) -> dict:
        with tempfile.TemporaryDirectory() as home:
            engine = create_engine(f"sqlite:///{shutil.copy(migrated_sqlite, home)}")
            seed(engine, folder, limits=LIMITS, now=FakeClock())
            tables = dump(engine, PUBLISHED)
            engine.dispose()
        return without(tables, *OF_A_LOAD)

    return load


@pytest.fixture(scope="module")
def is_as_it_was(part, published_of):
    """Tells whether a release is published as the part is: the tables are too much to print."""
    before = published_of(part)
    return lambda folder: before == published_of(folder)


def check(part: Path, is_as_it_was, changes: list[Change], seed: int) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(part, Path(home) / "db"))
        for change in changes:
            change(folder, random)
        assert is_as_it_was(folder)


@pytest.mark.parametrize("examples", [3, pytest.param(300, marks=pytest.mark.soak)])
def test_what_is_not_used_changes_nothing(part, is_as_it_was, examples):
    @given(
        changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5),
        seed=st.integers(0, 2**32),
    )
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def draw(changes, seed):
        check(part, is_as_it_was, changes, seed)

    draw()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_by_itself_changes_nothing(part, is_as_it_was, change):
    check(part, is_as_it_was, [change], seed=1)


def test_what_is_used_does_change_them(part, is_as_it_was, tmp_path):
    folder = Path(shutil.copytree(part, tmp_path / "db"))
    file = folder / "Job Zones.txt"
    file.write_bytes(file.read_bytes().replace(b"\t5\t", b"\t4\t", 1))

    assert not is_as_it_was(folder)
