"""What a figure depends on besides the code: the machine, the versions, the data."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from support.mysql_server import find_program

from bench.load import generator
from bench.stage import ROOT, Stage

LIBRARIES = ("granian", "Flask", "SQLAlchemy", "mysqlclient")


def facts(stage: Stage) -> dict[str, Any]:
    """Return the date, the machine, the versions and the release of a run."""
    kept = stage.release == ROOT / "data"
    rows = sum(1 for _ in (stage.release / "Skills.txt").open(encoding="utf-8")) - 1
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    for library in LIBRARIES[: 4 if stage.mariadb else 3]:
        versions[library] = version(library)
    if stage.mariadb:
        versions["MariaDB"] = _told(find_program() or "", "--version")
    if generator() == "wrk":
        versions["wrk"] = _told(shutil.which("wrk") or "", "-v")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, "
        f"{platform.system()} {platform.machine()}, load average {os.getloadavg()[0]:.1f} before",
        "versions": versions,
        "release": f"{'starter data' if kept else 'O*NET release'}, {rows:,} ratings",
        "quick": stage.quick,
    }


def _told(program: str, option: str) -> str:
    """The first thing that looks like a version in what a program says of itself."""
    done = subprocess.run([program, option], capture_output=True, text=True, check=False)
    found = re.search(r"[0-9]+\.[0-9]+[0-9A-Za-z.]*", done.stdout + done.stderr)
    return found[0] if found else "?"


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
