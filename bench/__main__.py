"""`python -m bench [CASE...] [--quick]`: measure, print, and write down what was found."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # the private MariaDB server is the tests'

from bench.cases.behind import behind  # noqa: E402
from bench.cases.growth import growth  # noqa: E402
from bench.cases.load import load  # noqa: E402
from bench.cases.post import post  # noqa: E402
from bench.cases.seed import seed  # noqa: E402
from bench.cases.servers import servers  # noqa: E402
from bench.cases.start import start  # noqa: E402
from bench.cases.uncached import uncached  # noqa: E402
from bench.cases.warm import warm  # noqa: E402
from bench.machine import facts  # noqa: E402
from bench.page import printed, write_page  # noqa: E402
from bench.stage import Stage  # noqa: E402

CASES = {
    case.__name__: case
    for case in (load, post, servers, behind, uncached, start, seed, warm, growth)
}
QUICK = ("load", "uncached", "start")
LATEST_START = 700
"""Seconds into a run after which no case begins any more."""


def release() -> Path:
    """Return the full release if there is one, else the starter data."""
    default = ROOT.parent / "shared" / "onet" / "db_29_0_text"
    full = Path(os.environ.get("ONET_TEST_RELEASE", default))
    return full if (full / "Skills.txt").is_file() else ROOT / "data"


@contextmanager
def mariadb() -> Iterator[str | None]:
    """Give the URL of a private server; None where it or its driver is not installed."""
    from support.mysql_server import find_program, is_driver_installed, running_server

    if find_program() is None or not is_driver_installed():
        yield None
        return
    with running_server(durable=True) as url:
        yield url.render_as_string(hide_password=False)


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("case", nargs="*", help=", ".join(CASES))
    parser.add_argument("--quick", action="store_true", help="a rough look; changes no document")
    given = parser.parse_args()
    if unknown := set(given.case) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    names = given.case or (QUICK if given.quick else tuple(CASES))
    results = ROOT / "bench" / ("out" if given.quick else "results")
    results.mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="skillgap-bench-"))
        server = stack.enter_context(mariadb())
        stage = Stage(Path(folder), release(), server, given.quick)
        stack.callback(stage.close)
        about = facts(stage)
        stage.say(f"release {about['release']}; databases: {', '.join(stage.databases)}")
        for name in names:
            if time.monotonic() - stage.began > LATEST_START:
                stage.say(f"{name} is left out: the run has taken too long")
                continue
            found = CASES[name](stage).as_json() | about
            text = json.dumps(found, indent=1, ensure_ascii=False)
            (results / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            print(f"\n{printed(found)}\n", flush=True)
        stage.say("done")
    if not given.quick:
        write_page(ROOT / "docs", results)


if __name__ == "__main__":
    main()
