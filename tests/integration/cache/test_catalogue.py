"""The occupation list is searched by title or code, and tells what has ratings."""

import pytest
from support.clock import LIMITS, FakeClock
from support.fills import fill, publish, rated
from support.made_up_release import JOB_ZONE_NAMES, RATED, TITLES, write_lists, write_release

from cache.catalogue import Catalogue, Described, Holding, ListingRow
from cache.entries.purge import purge
from cache.release.seed import seed

CODES = sorted(TITLES)
UNRATED = "53-9005.00"
ODD = {"99-1001.00": "100% Wool_Carders!", "99-1002.00": "100 Wool Carders"}


@pytest.fixture(scope="module")
def catalogue(shared_engine, tmp_path_factory):
    """The made-up release, two occupations with titles that `LIKE` could misread, an unknown."""
    release = write_lists(write_release(tmp_path_factory.mktemp("catalogue") / "db_28_1_text"))
    seed(shared_engine, release, limits=LIMITS, now=FakeClock())
    for code, title in ODD.items():
        publish(shared_engine, rated(code, title=title))
    publish(shared_engine, fill("99-9999.99"))
    return Catalogue(shared_engine)


def codes(found) -> list[str]:
    return [listed.code for listed in found[1]]


def test_the_listing_is_of_all_by_code_and_whether_they_are_rated(catalogue):
    total, listed = catalogue.listing("skills", 100, 0)

    assert [*CODES, *ODD] == [item.code for item in listed]
    assert len(listed) == total
    assert ListingRow("11-9001.00", "Kite Masters", True) == listed[0]
    assert {UNRATED: False} == {item.code: item.rated for item in listed if not item.rated}


def test_in_a_domain_that_holds_nothing_it_is_not_known_what_is_rated(catalogue):
    assert {None} == {item.rated for item in catalogue.listing("knowledge", 100, 0)[1]}


def test_of_occupations_it_is_told_which_are_rated(catalogue):
    rated = {"11-9001.00": True, UNRATED: False, "99-9999.99": None, "00-0000.00": None}

    assert rated == catalogue.rated("skills", list(rated))
    assert dict.fromkeys(rated) == catalogue.rated("knowledge", list(rated))


def test_the_newest_load_is_the_last_one_that_was_published(catalogue, engine):
    assert catalogue.newest_load() is not None
    assert None is Catalogue(engine).newest_load()


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_put_together_are_the_whole_list(catalogue, limit):
    total, _ = catalogue.listing("skills", limit, 0)
    pages = [catalogue.listing("skills", limit, offset) for offset in range(0, total, limit)]

    assert [*CODES, *ODD] == [code for page in pages for code in codes(page)]
    assert {total} == {page[0] for page in pages}
    assert (total, []) == catalogue.listing("skills", limit, total)


def test_one_occupation_is_described_rated_or_not(catalogue):
    kites = Described("11-9001.00", "Kite Masters", "They do.", 5, JOB_ZONE_NAMES[5])
    assert kites == catalogue.occupation("11-9001.00")
    assert Described(UNRATED, "Cloud Drivers", "They do.", 1) == catalogue.occupation(UNRATED)
    assert Described("99-1001.00", ODD["99-1001.00"], None) == catalogue.occupation("99-1001.00")


@pytest.mark.parametrize("code", ["99-9999.99", "11-9001", ""])
def test_a_code_that_is_not_listed_has_no_description(catalogue, code):
    assert catalogue.occupation(code) is None


def test_titles_are_those_of_all_or_of_the_rated(catalogue):
    assert TITLES | ODD == catalogue.titles()
    assert {code: TITLES[code] for code in RATED} | ODD == catalogue.titles("skills")
    assert {} == catalogue.titles("knowledge")


def test_what_is_held_of_a_domain_is_counted_by_release(catalogue):
    listed = len(TITLES) + len(ODD)

    held = Holding(listed, len(RATED) + len(ODD), unknown=0, releases=("28.1", "30.3"))
    assert held == catalogue.holding("skills")
    assert Holding(listed, 0, unknown=listed, releases=()) == catalogue.holding("knowledge")


def test_a_purged_occupation_is_one_of_which_nothing_is_known(seeded_engine):
    purge(seeded_engine, [RATED[0]])

    held = Catalogue(seeded_engine).holding("skills")
    assert Holding(5, 3, unknown=1, releases=("28.1",)) == held


def test_of_an_empty_database_nothing_is_held(engine):
    assert Holding(0, 0, unknown=0, releases=()) == Catalogue(engine).holding("skills")


def test_a_loaded_release_tells_which_codes_there_are(catalogue):
    assert {UNRATED} == catalogue.listed([UNRATED, "99-9999.99"])
    assert set() == catalogue.listed(["99-9999.99"])


def test_where_no_release_was_loaded_nothing_is_told_of_a_code(engine):
    publish(engine, rated("11-9001.00"))

    assert Catalogue(engine).listed(["11-9001.00"]) is None
