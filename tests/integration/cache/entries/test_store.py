"""Entries are read in one statement, so on one snapshot, and published whole or not at all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import event, insert, text, update
from support.clock import START
from support.cut import cuts
from support.fills import CODE, NAMES, figures, fill, publish, rated
from support.made_up_release import RATED, TITLES
from support.tables import dump

from cache.db.database import connect
from cache.db.onet_tables import CacheEntry, Element, Rating
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.canonical import canonical_line, content_hash
from cache.entries.publish_fill import Superseded
from cache.entries.store import Store
from cache.fill.leases import Leases
from cache.policy import Entry
from cache.profile import ElementRating

NEW = "99-1001.00"


@pytest.fixture
def store(seeded_engine):
    return Store(seeded_engine)


def entry_of(store: Store, code: str = CODE) -> Entry:
    (stored,) = store.read("skills", [code])
    return stored.entry


def lease_of(engine, code):
    return Leases(engine, engine, 60.0).acquire("skills", code, "a fill")


def test_what_was_never_filled_is_absent_and_has_no_profile(store):
    (stored,) = store.read("skills", [NEW])

    assert Entry("skills", NEW) == stored.entry
    assert (NEW, "", {}) == (stored.profile.code, stored.profile.title, stored.profile.elements)


def test_entries_come_in_the_order_asked_and_as_often(store):
    asked = [RATED[2], NEW, RATED[0], RATED[2]]

    found = store.read("skills", asked)

    assert asked == [stored.entry.code for stored in found]
    assert asked == [stored.profile.code for stored in found]
    assert [TITLES[RATED[2]], "", TITLES[RATED[0]], TITLES[RATED[2]]] == [
        stored.profile.title for stored in found
    ]
    assert [3, 0, 3, 3] == [len(stored.profile.elements) for stored in found]


def test_an_entry_of_another_domain_is_not_read(store):
    (stored,) = store.read("knowledge", [RATED[0]])

    assert ("absent", {}) == (stored.entry.state, stored.profile.elements)


@pytest.mark.parametrize("codes", [RATED[:1], RATED[:2], (RATED[0], RATED[0]), (*TITLES, NEW)])
def test_any_number_of_entries_is_read_in_one_statement(store, seeded_engine, codes):
    statements = Counter()

    @event.listens_for(seeded_engine, "before_cursor_execute")
    def count(connection, cursor, statement, *_):
        statements[statement.split()[0]] += 1

    store.read("skills", list(codes))

    del statements["BEGIN"]  # which SQLite's driver has in the open
    assert {"SELECT": 1} == statements


def test_ratings_that_were_cut_on_the_way_are_never_taken_for_all(store, seeded_engine):
    with seeded_engine.begin() as connection:
        connection.execute(update(CacheEntry).values(row_count=CacheEntry.row_count + 1))

    with pytest.raises(DatabaseUnavailable, match="6 of 7 ratings of skills/"):
        store.read("skills", [RATED[0]])


def test_entry_and_ratings_are_of_one_snapshot(store, seeded_engine):
    """A fill that is published while they are read is not half seen."""
    other = connect(seeded_engine.url)
    seen = entry_of(store)
    published = []

    @event.listens_for(seeded_engine, "after_cursor_execute")
    def publish_meanwhile(connection, cursor, statement, *_):
        if not published and statement.startswith("SELECT"):
            published.append(1)
            publish(other, rated(level="6.0000"))

    (stored,) = store.read("skills", [CODE])
    (after,) = store.read("skills", [CODE])
    other.dispose()

    assert (seen, 3) == (stored.entry, len(stored.profile.elements))
    assert (seen.generation + 1, 2) == (after.entry.generation, len(after.profile.elements))


def test_what_is_published_is_read_back_in_every_figure(store, seeded_engine):
    *_, level, importance = rated().figures
    odd = [
        figures(
            "2.A.1.a",
            "LV",
            "6.9999",
            n=None,
            standard_error=None,
            lower_ci=None,
            upper_ci=None,
            recommend_suppress=True,
            not_relevant=None,
            date_updated=None,
            domain_source=None,
        ),
        figures(
            "2.A.1.a",
            "IM",
            "1.0001",
            n=7,
            recommend_suppress=None,
            not_relevant=True,
            standard_error="0.5000",
            date_updated=date(2009, 12, 1),
        ),
    ]
    publish(seeded_engine, rated(NEW, figures=[level, importance, *odd]))

    (stored,) = store.read("skills", [NEW])
    profile = stored.profile
    first, second = NAMES.items()
    expected = (
        ElementRating(
            *first, level=6.9999, importance=1.0001, level_error=None, importance_error=0.5,
            not_relevant=True, low_precision=True,
            level_raters=None, importance_raters=7, rated="2009-12",
        ),
        ElementRating(
            *second, level=3.25, importance=4.12, level_error=0.1637, importance_error=0.1637,
            not_relevant=False, low_precision=False,
            level_raters=8, importance_raters=8, rated="2026-05",
        ),
    )  # fmt: skip
    assert repr(expected) == repr(profile.ratings)  # so that a 1 is no True, and no decimal a float
    assert ("Tide Clerks", "2009-12") == (profile.title, profile.rated)


def test_the_entry_tells_where_its_ratings_are_from(store, seeded_engine):
    fetched = START + timedelta(microseconds=1)
    published = rated(NEW, fetched_at=fetched, expires_at=fetched + timedelta(seconds=1.5))
    publish(seeded_engine, published)

    expected = Entry(
        domain="skills",
        code=NEW,
        state="rated",
        origin="api",
        release="30.3",
        source_url="https://onet.test/",
        fetched_at=fetched,
        expires_at=fetched + timedelta(seconds=1.5),
        row_count=4,
        content_hash=content_hash(canonical_line(rating) for rating in published.figures),
        generation=1,
    )
    assert expected == entry_of(store, NEW)


def test_a_figure_is_stored_to_the_last_digit(seeded_engine):
    publish(seeded_engine, rated(NEW, level="0.1001"))

    with seeded_engine.connect() as connection:
        query = text(
            "SELECT value, standard_error FROM rating WHERE occupation_code = :code"
            " AND scale_id = 'LV'"
        )
        rows = connection.execute(query, {"code": NEW}).all()
    assert {("0.1001", "0.1637")} == {tuple(str(Decimal(str(value))) for value in r) for r in rows}


@pytest.mark.parametrize("state", ["empty", "unknown"])
def test_a_negative_answer_takes_the_ratings_away_and_has_no_content(store, seeded_engine, state):
    publish(seeded_engine, fill(CODE, state))

    (stored,) = store.read("skills", [CODE])
    assert (state, 0, None) == (
        stored.entry.state,
        stored.entry.row_count,
        stored.entry.content_hash,
    )
    assert {} == stored.profile.elements
    assert CODE not in {row["occupation_code"] for row in dump(seeded_engine)["rating"]}


def test_a_code_that_o_net_does_not_have_is_remembered_without_an_occupation(store, seeded_engine):
    publish(seeded_engine, fill(NEW))

    assert "unknown" == entry_of(store, NEW).state
    assert NEW not in {row["code"] for row in dump(seeded_engine)["occupation"]}


@pytest.mark.parametrize(
    ("new", "kept"), [(None, "They do."), ("They tide.", "They tide.")], ids=["none", "another"]
)
def test_a_description_is_kept_unless_another_comes(seeded_engine, new, kept):
    publish(seeded_engine, rated(description=new))

    occupations = {row["code"]: row for row in dump(seeded_engine)["occupation"]}
    assert kept == occupations[CODE]["description"]


def test_the_elements_that_are_known_keep_their_names_and_new_ones_are_added(seeded_engine):
    names = {"2.A.1.a": "Hearing Wind", "2.Z.9": "Flying"}
    ratings = [figures(element, scale, "2.0000") for element in names for scale in ("LV", "IM")]
    publish(seeded_engine, rated(names=names, figures=ratings))

    elements = {row["id"]: row["name"] for row in dump(seeded_engine)["element"]}
    assert ("Listening to Wind", "Flying") == (elements["2.A.1.a"], elements["2.Z.9"])


def test_the_ratings_of_other_occupations_and_other_domains_stay(seeded_engine):
    knowledge = figures("2.C.1", "LV", "5.0000")._asdict() | {"occupation_code": CODE}
    with seeded_engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(Element), {"id": "2.C.1", "name": "Law", "domain": "knowledge"})
        connection.execute(insert(Rating), knowledge)
    before = dump(seeded_engine)["rating"]

    publish(seeded_engine, fill(CODE, "empty"))

    kept = [row for row in before if row["occupation_code"] != CODE or row["element_id"] == "2.C.1"]
    assert kept == dump(seeded_engine)["rating"]


@pytest.mark.parametrize("code", [CODE, NEW], ids=["there", "new"])
@pytest.mark.parametrize("late", [rated, fill], ids=["rated", "unknown"])
def test_a_fill_that_was_overtaken_stores_nothing(seeded_engine, code, late):
    lease = lease_of(seeded_engine, code)
    publish(seeded_engine, rated(code, level="5.0000"), lease)
    before = dump(seeded_engine)

    with pytest.raises(Superseded):
        publish(seeded_engine, late(code), lease)

    assert before == dump(seeded_engine)


@pytest.mark.parametrize("code", [CODE, NEW], ids=["there", "new"])
def test_of_many_fills_at_once_exactly_one_is_published(store, seeded_engine, code):
    lease = lease_of(seeded_engine, code)
    barrier = Barrier(6)

    def fill(number: int) -> bool:
        barrier.wait(10)
        try:
            publish(seeded_engine, rated(code, level=f"{number}.0000"), lease)
        except Superseded:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(fill, range(6)))

    assert 1 == sum(won)
    (stored,) = store.read("skills", [code])
    assert lease.generation + 1 == stored.entry.generation
    levels = {element.level for element in stored.profile.elements.values()}
    assert {float(won.index(True))} == levels


@pytest.mark.parametrize("code", [CODE, NEW], ids=["there", "new"])
def test_a_negative_answer_cut_at_any_statement_leaves_everything_as_it_was(seeded_engine, code):
    lease = lease_of(seeded_engine, code)
    before = dump(seeded_engine)
    empty = fill(code, "empty", title="Tide Clerks")

    left = [
        dump(seeded_engine)
        for _ in cuts(seeded_engine, lambda: publish(seeded_engine, empty, lease))
    ]

    assert len(left) > 3
    assert [before] * len(left) == left
    assert before != dump(seeded_engine)
