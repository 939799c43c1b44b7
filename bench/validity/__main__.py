"""`python -m bench.validity`: score the ranking of transitions, and write what was found."""

import os
import sys
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from app.settings import Settings
from app.wiring.container import Services
from bench.validity.measure import Scores, measure
from bench.validity.page import write
from cache.db.migrate import upgrade
from cache.release.seed import seed

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
RELEASE = Path(os.environ.get("ONET_TEST_RELEASE", SHARED / "onet" / "db_29_0_text"))
NEWER = SHARED / "onet" / "db_30_3_text", SHARED / "onet" / "abilities_30"
"""A later release, and what it does not have: knowledge, and abilities."""
MOVES = SHARED / "validity" / "cps_moves_2019_2026.csv"


def main() -> None:
    """Measure each release that is at hand."""
    if not (RELEASE / "Occupation Data.txt").is_file():
        sys.exit(f"There is no whole release in {RELEASE}; ONET_TEST_RELEASE names one.")
    if not MOVES.is_file():
        print(f"Without observed moves: {MOVES} is not there.")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for release in _releases(Path(folder)):
            print(f"{release.name}: this takes some minutes", flush=True)
            services = _loaded(release, Path(folder))
            found[_number(services)] = _measured(services)
    write(ROOT / "docs", found)
    print("docs/validity.md, docs/validity.json and docs/validity.svg are written.")


def _releases(folder: Path) -> list[Path]:
    """Return the folders of releases, the later one made whole."""
    if not all(part.is_dir() for part in NEWER):
        return [RELEASE]
    whole = folder / NEWER[0].name
    whole.mkdir()
    for file in (file for part in NEWER for file in part.iterdir()):
        (whole / file.name).symlink_to(file.resolve())
    return [RELEASE, whole]


def _loaded(release: Path, folder: Path) -> Services:
    database = folder / f"{release.name}.db"
    services = Services(Settings(database_url=make_url(f"sqlite:///{database}")))
    upgrade(services.engine)
    seed(services.engine, release, limits=services.limits, now=services.now)
    return services


def _number(services: Services) -> str:
    return " and ".join(services.holdings.of("skills").releases)


def _measured(services: Services) -> dict[str, Scores]:
    try:
        return measure(services, MOVES)
    finally:
        services.engine.dispose()
        services.reader.dispose()


if __name__ == "__main__":
    main()
