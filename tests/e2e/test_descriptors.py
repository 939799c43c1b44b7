"""The commands where the system lets few files be open."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from support.databases import load
from support.processes import environment


def run(folder: Path, soft: int, hard: int, *command: str, **settings: str) -> tuple[int, str]:
    """Run a command that may have so many files open, from the beginning."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", *command],
        cwd=folder,
        env=environment(**settings),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("limit", "command", "needed"),
    [
        (11, "serve", 12),
        (11, "gap 11-1011 15-1254", 12),
        (11, "seed", 12),
        (6, "db upgrade", 12),
        (12, "serve", 128),
        (127, "serve", 128),
    ],
)
def test_too_few_are_said_in_one_line(
    tmp_path: Path, limit: int, command: str, needed: int
) -> None:
    expected = f"{limit} files may be open at once, {needed} are needed: raise `ulimit -n`"
    assert (1, f"Error: {expected}\n") == run(tmp_path, limit, limit, *command.split())


def test_the_least_that_is_asked_for_is_enough_for_commands(
    tmp_path: Path, made_up_release: Path
) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 's.db'}", "SEED_DIR": str(made_up_release)}
    for command in ("db upgrade", "seed", "gap 11-9001 15-9002"):
        status, said = run(tmp_path, 12, 12, *command.split(), **settings)
        assert 0 == status, said


def test_a_low_limit_that_may_be_raised_is(tmp_path: Path, made_up_release: Path) -> None:
    url = load(f"sqlite:///{tmp_path / 's.db'}", made_up_release)
    status, said = run(tmp_path, 8, 1024, "cache", "status", DATABASE_URL=url)

    assert 0 == status, said
