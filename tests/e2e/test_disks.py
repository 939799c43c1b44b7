"""The product on disks that take no changes, from its start: hits, or one clear line."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import flask
from support.databases import load
from support.disks import small_disk, take_no_changes
from support.processes import serving

HITS = (
    "/skill-gap?from=11-1011.00&to=15-1254.00",
    "/occupations/15-1254.00",
    "/occupations?q=chef",
    "/occupations/11-1011.00/transitions",
    "/?from=11-1011.00&to=15-1254.00",
    "/health",
    "/health/ready",
    "/metrics",
)
DISKS = pytest.mark.parametrize("how", ["read-only", "full"])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, starter_release: Path) -> Path:
    file = tmp_path_factory.mktemp("loaded") / "skillgap.db"
    load(f"sqlite:///{file}", starter_release)
    return file


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "4m") as disk:
        yield disk


@DISKS
def test_a_database_that_is_loaded_is_served_where_nothing_can_be_written(
    disk: Path, how: str, loaded: Path, tmp_path: Path
) -> None:
    """Neither beside the database nor in the temporary files, nor the metrics."""
    (disk / "instance").mkdir()
    shutil.copy(loaded, disk / "instance")
    settings = {
        "DATABASE_URL": f"sqlite:///{disk / 'instance/skillgap.db'}",
        "TMPDIR": str(disk),
        "METRICS_DIR": str(disk / "instance" / "metrics"),
        "WEB_CONCURRENCY": "2",
    }
    take_no_changes(disk, how)
    for command in (
        ("db", "upgrade"),
        ("seed", "--if-empty"),
        ("cache", "status"),
        ("gap", "11-1011", "15-1254"),
        ("transitions", "11-1011"),
    ):
        done = flask(*command, **settings)
        assert 0 == done.returncode, done.stderr
    with serving(tmp_path, **settings) as server:
        for _ in range(3):
            assert [200] * len(HITS) == [server.get(target).status_code for target in HITS]
        assert 0 == server.stop()
        said = server.log.read_text()
    assert "Traceback" not in said


@DISKS
@pytest.mark.parametrize(
    "command", [("db", "upgrade"), ("seed",), ("cache", "purge", "--all"), ("warm", "11-1011")]
)
def test_a_command_that_changes_the_database_ends_with_one_clear_line(
    disk: Path,
    how: str,
    loaded: Path,
    migrated_sqlite: Path,
    command: tuple[str, ...],
    starter_release: Path,
) -> None:
    if command != ("db", "upgrade"):
        shutil.copy(migrated_sqlite if command == ("seed",) else loaded, disk)
    take_no_changes(disk, how)
    done = flask(
        *command,
        DATABASE_URL=f"sqlite:///{disk / 'skillgap.db'}",
        SEED_DIR=str(starter_release),
        ONET_API_KEY="k",
        ONET_API_URL="http://127.0.0.1:9/",
    )

    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: the database cannot be ")
