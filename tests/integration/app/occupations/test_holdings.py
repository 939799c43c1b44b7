"""How much is held is told as the database holds it, and counted once while nothing changes."""

import pytest
from sqlalchemy import event
from support.fills import publish, rated
from support.made_up_release import RATED, TITLES

from app.occupations.holdings import Holdings, is_whole, sentence
from cache.catalogue import Catalogue, Holding
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import TRUSTED, Changes
from cache.entries.purge import purge

WHOLE = Holding(len(TITLES), len(RATED), 0, ("28.1",))


@pytest.fixture
def holdings(seeded_engine, changes):
    return Holdings(Catalogue(seeded_engine), changes)


@pytest.fixture
def statements(seeded_engine):
    """What is asked of the list of occupations."""
    found = []
    event.listen(
        seeded_engine,
        "before_cursor_execute",
        lambda *given: found.append(given[2]) if "FROM occupation" in given[2] else None,
    )
    return found


@pytest.mark.parametrize(
    ("holding", "whole", "text"),
    [
        (Holding(1016, 879, 0, ("29.0",)), True, "879 rated occupations of O*NET 29.0."),
        (
            Holding(1016, 880, 0, ("29.0", "30.3")),
            True,
            "880 rated occupations of O*NET 29.0 and 30.3.",
        ),
        (
            Holding(1016, 64, 952, ("29.0",)),
            False,
            "64 of 1,016 occupations of O*NET 29.0 have skills ratings here.",
        ),
        (Holding(5, 1, 4, ()), False, "1 of 5 occupations of O*NET has skills ratings here."),
        (Holding(5, 0, 5, ()), False, "No occupation has skills ratings here."),
        (Holding(0, 0, 0, ()), False, "No occupation has skills ratings here."),
    ],
)
def test_it_is_told_in_a_sentence(holding, whole, text):
    assert (text, whole) == (sentence(holding, "skills"), is_whole(holding))


def test_it_is_counted_once_while_nothing_changes(holdings, statements):
    assert [WHOLE] * 3 == [holdings.of("skills") for _ in range(3)]
    assert 1 == len(statements)

    assert 0 == holdings.of("knowledge").rated
    assert 2 == len(statements)


def test_a_change_shows_after_a_look(holdings, seeded_engine, changes):
    assert WHOLE == holdings.of("skills")

    purge(seeded_engine, [RATED[0]])
    changes.look()
    assert Holding(5, 3, 1, ("28.1",)) == holdings.of("skills")

    publish(seeded_engine, rated("99-1001.00"))
    changes.look()
    assert Holding(6, 4, 1, ("28.1", "30.3")) == holdings.of("skills")


def test_who_comes_after_a_pause_is_told_what_is_held_now(holdings, seeded_engine, seconds):
    assert WHOLE == holdings.of("skills")

    purge(seeded_engine, [RATED[0]])
    seconds.now += TRUSTED
    assert 3 == holdings.of("skills").rated


def test_a_database_without_tables_is_not_taken_for_one_that_holds_nothing(empty_engine):
    with pytest.raises(DatabaseUnavailable):
        Holdings(Catalogue(empty_engine), Changes(empty_engine)).of("skills")
