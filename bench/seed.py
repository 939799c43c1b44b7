"""Seeding the full release, beside the bare script, on SQLite and MariaDB."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

ROOT = Path(__file__).parent.parent
ROUNDS = 5


def timed(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command to its end; return its seconds and its peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def measure(release: Path) -> list[dict[str, Any]]:
    """Measure both databases, the bare script and the command in turns."""
    from support.mysql_server import empty_database, running_server

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server()).render_as_string(hide_password=False)
        results = []
        for name in ("sqlite", "mariadb"):
            pairs = []
            for turn in range(ROUNDS):
                with ExitStack() as turn_stack:
                    if name == "sqlite":
                        url = f"sqlite:///{folder}/{turn}.db"
                        bare_target = f"sqlite:{folder}/bare-{turn}.db"
                    else:
                        url = turn_stack.enter_context(empty_database(server))
                        at = make_url(url)
                        bare_target = (
                            f"mysql:{at.host}:{at.port}:{at.username}:{at.password or ''}:"
                            f"{at.database}"
                        )
                    pairs.append(_turn(release, url, bare_target))
            results.append(_summary(name, pairs))
    return results


def _turn(release: Path, url: str, bare_target: str) -> tuple[float, float, float]:
    environment = {"DATABASE_URL": url}
    timed([sys.executable, "-m", "flask", "db", "upgrade"], environment)
    bare_script = str(ROOT / "bench" / "bare_seed.py")
    bare, _ = timed([sys.executable, bare_script, str(release / "Skills.txt"), bare_target], {})
    seconds, memory = timed([sys.executable, "-m", "flask", "seed", str(release)], environment)
    return bare, seconds, memory


def _summary(name: str, turns: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    bare, seconds, memory = (statistics.median(column) for column in zip(*turns, strict=True))
    return {
        "case": f"seed {name}",
        "seconds": round(seconds, 3),
        "bare_seconds": round(bare, 3),
        "ratio": round(seconds / bare, 2),
        "peak_mb": round(memory, 1),
        "rounds": len(turns),
    }
