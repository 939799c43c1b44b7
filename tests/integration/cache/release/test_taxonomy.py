"""Occupations of two taxonomies never stand side by side."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from support.made_up_release import RATED, TITLES, write_lists, write_release
from support.release_files import drop_lines
from support.tables import PUBLISHED, dump

from cache.db.onet_tables import Load, Occupation
from cache.entries.purge import purge
from onet_client.release_files import ReleaseError

MOVED = {code: f"{code[:3]}8{code[4:]}" for code in list(TITLES)[1:]}
"""What became of all codes but the first."""


@pytest.fixture
def other_taxonomy(tmp_path: Path) -> Path:
    """The made-up release under the codes of another taxonomy."""
    folder = write_lists(write_release(tmp_path / "db_20_0_text"))
    for file in folder.glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        for code, moved in MOVED.items():
            text = text.replace(code, moved)
        file.write_text(text.replace("O*NET 28.1", "O*NET 20.0"), encoding="utf-8")
    return folder


def codes(engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(Occupation.code)).scalars())


def test_a_release_of_another_taxonomy_is_refused_with_what_to_do(
    load, engine, made_up_release, other_taxonomy
):
    load(made_up_release)
    before = dump(engine, PUBLISHED)

    with pytest.raises(ReleaseError) as raised:
        load(other_taxonomy)

    assert (
        "Occupation Data.txt: its occupations are of another taxonomy than those of the database "
        "(1 of 5 codes are in both): run `flask cache purge --all` first, or load it into another "
        "database"
    ) == str(raised.value)
    assert before == dump(engine, PUBLISHED)
    with engine.connect() as connection:
        states = connection.execute(select(Load.state).order_by(Load.id)).scalars().all()
    assert ["published", "refused"] == states


@pytest.mark.parametrize("complete", [True, False], ids=["complete", "partial"])
def test_after_a_purge_it_takes_the_place_of_all_that_was_listed(
    load, engine, made_up_release, other_taxonomy, complete
):
    manifest = json.dumps({"release": "20.0", "complete": complete})
    (other_taxonomy / "manifest.json").write_text(manifest)
    load(write_lists(made_up_release))
    purge(engine, None)

    assert load(other_taxonomy).changed

    assert {next(iter(TITLES)), *MOVED.values()} == codes(engine)


def test_what_was_listed_of_the_old_taxonomy_goes_with_it(
    load, engine, made_up_release, other_taxonomy
):
    load(write_lists(made_up_release))
    for name in ("Alternate Titles", "Job Zones", "Job Zone Reference", "Related Occupations"):
        (other_taxonomy / f"{name}.txt").unlink()
    purge(engine, None)

    load(other_taxonomy)

    tables = dump(engine, ("alternate_title", "job_zone", "related_occupation", "occupation"))
    assert {"alternate_title": [], "job_zone": [], "related_occupation": []} == {
        name: rows for name, rows in tables.items() if name != "occupation"
    }
    assert {None} == {row["job_zone"] for row in tables["occupation"]}


def test_as_the_first_load_it_is_loaded_as_what_it_is(load, engine, other_taxonomy):
    assert ("20.0", 5) == (load(other_taxonomy).release, len(codes(engine)))


def test_a_selection_of_the_same_taxonomy_is_loaded_over_all_of_it(
    load, engine, made_up_release, make_release
):
    load(made_up_release)
    selection = make_release("28.2", complete=False, codes=RATED[:1])
    drop_lines(selection / "Occupation Data.txt", *list(TITLES)[1:])
    (selection / "Related Occupations.txt").unlink()

    assert load(selection).changed
    assert set(TITLES) == codes(engine)
