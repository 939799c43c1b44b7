"""Small disks of the test's own, to be filled or made read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str = "300k") -> Iterator[Path]:
    """Mount a disk in memory on a folder, until the block ends; skip where that is not allowed."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "skillgap-test", str(folder)]
    try:
        done = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except OSError:
        done = False
    if not done:
        pytest.skip("a disk of the test's own needs root, and leave to mount")
    try:
        yield folder
    finally:
        # Lazily: a process that ends may have a file open for a moment longer.
        subprocess.run(["umount", "-l", str(folder)], check=True)


def make_read_only(disk: Path, *, on: bool = True) -> None:
    """Let nothing be written to a small disk, or again; files open for writing stay open."""
    option = "ro" if on else "rw"
    # A file that is open for writing keeps a disk from becoming read-only, but not a view of it.
    subprocess.run(["mount", "-o", f"remount,bind,{option}", str(disk)], check=True)


def take_changes_again(disk: Path) -> None:
    """Undo `take_no_changes`."""
    make_read_only(disk, on=False)
    (disk / "ballast").unlink(missing_ok=True)


def fill(disk: Path) -> Path:
    """Leave no room on a disk, to the last byte; return the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            with suppress(OSError):
                while file.write(os.urandom(size)):
                    pass
    return ballast


def take_no_changes(disk: Path, how: str) -> None:
    """Let a small disk be `read-only` or `full`."""
    make_read_only(disk) if how == "read-only" else fill(disk)
