"""The index of titles is what the database holds, and is built when it is first asked for."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.clock import LIMITS, FakeClock, eventually
from support.fills import publish, rated
from support.made_up_release import TITLES, write_release

from app.occupations import title_index as title_search
from app.occupations.title_index import TitleHit, TitleIndex
from app.occupations.titles import Titles, rated_first
from cache.catalogue import Catalogue
from cache.db import database
from cache.db.onet_tables import AlternateTitle
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Changes
from cache.release.seed import seed

KITES = "11-9001.00"


@pytest.fixture
def built(monkeypatch):
    """How many titles each index was built of."""
    sizes = []

    class Counted(TitleIndex):
        def __init__(self, titles, alternates, synonyms):
            sizes.append(len(titles))
            super().__init__(titles, alternates, synonyms)

    monkeypatch.setattr(title_search, "TitleIndex", Counted)
    return sizes


@pytest.fixture
def titles(seeded_engine, changes, built):
    return Titles(Catalogue(seeded_engine), changes)


def write_alternates(release, *lines):
    header = "O*NET-SOC Code\tAlternate Title\tShort Title\tSource(s)"
    (release / "Alternate Titles.txt").write_text("\n".join([header, *lines, ""]))


def refuse(*_, **__):
    raise DatabaseUnavailable("gone")


def load(engine, release):
    return seed(engine, release, limits=LIMITS, now=FakeClock())


def test_own_and_alternate_titles_find_an_occupation(engine, tmp_path):
    release = write_release(tmp_path / "db_28_1_text")
    write_alternates(release, f"{KITES}\tCaptain of Strings (CS)\tCS\t08")
    load(engine, release)
    index = Titles(Catalogue(engine), Changes(engine)).index()

    for text in ("kite masters", "captain of strings cs", "cs"):
        assert [KITES] == index.exact(text)
    assert list(TITLES)[1:2] == [hit.code for hit in index.search("tide clerk", 3)]


def test_many_who_ask_first_wait_for_one_index(titles, built):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: titles.index(), range(16)))

    assert 1 == len(set(map(id, found)))
    assert [len(TITLES)] == built


def test_an_index_that_is_expected_is_built_behind_and_once(titles, built):
    for _ in range(10):
        titles.expect()
    eventually([len(TITLES)], lambda: built)

    assert [KITES] == titles.index().exact("kite masters")
    titles.expect()
    assert [len(TITLES)] == built


def test_who_is_patient_finds_the_index_that_was_expected_there(titles, built):
    titles.expect(timeout=30)

    assert [len(TITLES)] == built
    assert not titles._working.locked()


def test_no_patience_is_lost_on_an_index_that_cannot_be_built(titles, built, monkeypatch):
    monkeypatch.setattr(database, "read", refuse)
    before = time.monotonic()
    titles.expect(timeout=30)

    assert time.monotonic() - before < 15
    assert [] == built


def test_synonyms_of_titles_that_are_there_find_their_occupation(engine, tmp_path):
    release = write_release(tmp_path / "db_28_1_text")
    occupations = release / "Occupation Data.txt"
    occupations.write_text(occupations.read_text().replace(TITLES[KITES], "Firefighters"))
    load(engine, release)
    index = Titles(Catalogue(engine), Changes(engine)).index()

    assert [TitleHit(KITES, "Firefighters", "fireman", "synonym", 0.985)] == index.search(
        "Fireman", 9
    )
    assert [] == index.search("brickie", 9)


def test_of_hits_with_the_same_score_the_rated_ones_come_first():
    def hit(code, score, kind="title"):
        return TitleHit(code, code, code, kind, score)

    hits = [hit("a", 0.98), hit("b", 0.98), hit("c", 0.98), hit("d", 0.98), hit("e", 0.9)]
    rated = {"a": False, "b": None, "c": True, "d": True, "e": True}

    assert list("cdbae") == [one.code for one in rated_first(hits, rated)]
    codes = [hit("a", 1.0, "code"), hit("c", 1.0, "code")]
    assert codes == rated_first(codes, rated)


def test_an_index_that_cannot_be_built_is_built_when_it_is_asked_for(
    titles, built, seeded_engine, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(titles._catalogue, "titles", refuse)
        titles.expect()
        eventually(False, titles._working.locked)
    assert [] == built

    titles.expect()
    eventually([len(TITLES)], lambda: built)


def test_a_change_of_ratings_builds_no_new_index(seeded_engine, titles, changes, built):
    index = titles.index()
    publish(seeded_engine, rated(KITES, title=TITLES[KITES]))
    changes.look()

    for _ in range(3):
        assert index is titles.index()
        eventually(False, titles._working.locked)
    assert [len(TITLES)] == built


def test_a_changed_title_shows_after_the_old_index_served_once_more(
    seeded_engine, titles, changes, built
):
    index = titles.index()
    publish(seeded_engine, rated("99-1000.00", title="Dream Weavers"))
    changes.look()

    assert index is titles.index()
    eventually(["99-1000.00"], lambda: titles.index().exact("dream weavers"))
    assert [len(TITLES), len(TITLES) + 1] == built


def test_after_a_time_without_questions_the_first_one_is_answered_from_what_is_there_now(
    seeded_engine, titles, seconds, built
):
    titles.index()
    publish(seeded_engine, rated("99-1000.00", title="Dream Weavers"))
    seconds.now += 60

    assert ["99-1000.00"] == titles.index().exact("dream weavers")
    assert [len(TITLES), len(TITLES) + 1] == built


def test_another_release_shows_its_alternate_titles(
    seeded_engine, titles, changes, made_up_release
):
    assert [] == titles.index().exact("captain of strings")
    write_alternates(made_up_release, f"{KITES}\tCaptain of Strings\tn/a\t08")
    assert load(seeded_engine, made_up_release).changed
    changes.look()

    eventually([KITES], lambda: titles.index().exact("captain of strings"))


def test_alternate_titles_are_read_again_only_for_another_load(seeded_engine, titles, changes):
    titles.index()
    change = {"occupation_code": KITES, "title": "Captain of Strings"}
    database.write(seeded_engine, lambda c: c.execute(AlternateTitle.__table__.insert(), change))
    publish(seeded_engine, rated(KITES, title=TITLES[KITES]))
    changes.look()
    titles.index()
    eventually(False, titles._working.locked)

    assert [] == titles.index().exact("captain of strings")


def test_without_a_database_there_is_no_first_index_and_the_last_one_stays(
    seeded_engine, titles, changes, monkeypatch
):
    with monkeypatch.context() as down:
        down.setattr(database, "read", refuse)
        with pytest.raises(DatabaseUnavailable):
            titles.index()
    index = titles.index()
    publish(seeded_engine, rated("99-1000.00", title="Dream Weavers"))
    changes.look()
    with monkeypatch.context() as down:
        down.setattr(database, "read", refuse)
        assert index is titles.index()
        eventually(False, titles._working.locked)
    eventually(["99-1000.00"], lambda: titles.index().exact("dream weavers"))


def test_whoever_never_looks_for_a_title_never_loads_what_finds_them():
    program = (
        "import sys\n"
        "from app import create_app\n"
        "from app.wiring.container import Services\n"
        "from app.settings import Settings\n"
        "services = Services(Settings.from_environment())\n"
        "create_app(services=services)\n"
        "services.titles\n"
        "print({'numpy', 'rapidfuzz'} & sys.modules.keys())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    assert "set()\n" == done.stdout, done.stderr
