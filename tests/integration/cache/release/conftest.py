"""Releases to load, and what loads them."""

import json

import pytest
from support.clock import LIMITS
from support.made_up_release import RATED, TITLES, write_release
from support.release_files import drop_lines

from cache.release.seed import seed
from onet_client.release_files import OCCUPATION_FILE


@pytest.fixture
def load(engine, clock):
    """Seeds the database of the test, by its clock."""
    return lambda path, **other: seed(engine, path, limits=LIMITS, now=clock, **other)


@pytest.fixture
def make_release(tmp_path):
    """Writes the made-up release under another name, and a manifest that says what it is."""

    def make(release: str = "28.2", *, complete: bool = True, codes=tuple(TITLES), **layout):
        folder = write_release(tmp_path / f"release-{release}", **layout)
        manifest = json.dumps({"release": release, "complete": complete})
        (folder / "manifest.json").write_text(manifest, encoding="utf-8")
        dropped = [code for code in TITLES if code not in codes]
        for file in folder.glob("*Skills.txt"):
            if rated_and_dropped := [code for code in dropped if code in RATED]:
                drop_lines(file, *rated_and_dropped)
        if dropped and complete:
            drop_lines(folder / OCCUPATION_FILE, *dropped)
            (folder / "Related Occupations.txt").unlink()
        return folder

    return make
