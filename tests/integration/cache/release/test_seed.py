"""A text release is landed, checked and published: all of it, or nothing."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from support.caches import entries, states
from support.clock import LIMITS, START
from support.cut import cuts
from support.fills import fill, publish, rated
from support.made_up_release import (
    RATED,
    RATING_ROWS,
    ROWS_PER_OCCUPATION,
    TITLES,
    write_domain,
    write_lists,
    write_release,
)
from support.release_files import add_lines, change, content, drop_lines, zip_folder
from support.tables import OF_A_LOAD, PUBLISHED, dump, without

from cache.db import database
from cache.db.onet_tables import CacheEntry
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.canonical import content_hash
from cache.entries.store import Store
from cache.release.seed import is_seeded, seed
from onet_client.release_files import OCCUPATION_FILE, ReleaseError

UNRATED = tuple(TITLES)[4]
NEW = "99-1001.00"


def rated_codes(engine) -> set[str]:
    return {row["occupation_code"] for row in dump(engine, ("rating",))["rating"]}


def published(engine):
    return dump(engine, PUBLISHED)


def test_the_starter_release_is_64_rated_occupations_and_the_titles_of_all(
    load, engine, starter_release
):
    report = load(starter_release)

    assert ("29.0", False, True) == (report.release, report.complete, report.changed)
    assert (1016, 4480) == (report.occupations, report.ratings)
    assert ({"skills": 64}, {"skills": 0}, {}) == (report.rated, report.empty, report.lists)
    tables = dump(engine)
    counts = {name: len(tables[name]) for name in PUBLISHED if tables[name]}
    held = {"occupation": 1016, "element": 35, "scale": 2, "rating": 4480, "cache_entry": 64}
    assert held == counts
    assert {"rated"} == {entry["state"] for entry in tables["cache_entry"]}
    assert [("published", 4480, 0, START, START)] == [
        (row["state"], row["rows"], row["rejected"], row["started_at"], row["finished_at"])
        for row in tables["load"]
    ]


def test_a_complete_release_marks_what_it_does_not_rate_as_empty(load, engine, made_up_release):
    report = load(made_up_release)

    assert (5, RATING_ROWS) == (report.occupations, report.ratings)
    assert ({"skills": 4}, {"skills": 1}) == (report.rated, report.empty)
    assert dict.fromkeys(RATED, "rated") | {UNRATED: "empty"} == states(engine)
    assert {*RATED} == rated_codes(engine)


def test_each_entry_tells_where_its_content_is_from(load, engine, made_up_release):
    load(made_up_release)
    lines = content(made_up_release)["lines"]

    for code, entry in entries(engine).items():
        is_rated = code in RATED
        assert ROWS_PER_OCCUPATION * is_rated == entry["row_count"]
        expected = content_hash(lines["skills", code]) if is_rated else None
        assert expected == entry["content_hash"]
        assert ("seed", "28.1", START, LIMITS.expiry(START, "rated"), 1) == (
            entry["origin"],
            entry["release"],
            entry["fetched_at"],
            entry["expires_at"],
            entry["generation"],
        )
        assert entry["source_url"].endswith("/db_28_1_text.zip")


def test_the_same_release_again_from_an_archive_changes_nothing(
    load, engine, clock, made_up_release, tmp_path
):
    first = load(write_lists(made_up_release))
    before = dump(engine)
    clock.advance(60)
    archive = zip_folder(made_up_release, tmp_path / "a.zip")

    assert replace(first, changed=False, source=str(archive)) == load(archive)
    assert before == dump(engine)


def test_the_split_layout_gives_the_same_tables(load, engine, made_up_release, tmp_path):
    load(made_up_release)
    before = published(engine)

    report = load(write_release(tmp_path / "split", split=True, newline="\r\n"))

    assert report.changed is True
    assert without(before, *OF_A_LOAD) == without(published(engine), *OF_A_LOAD)


def test_a_newer_release_replaces_what_an_older_one_published(load, engine, clock, make_release):
    load(make_release("28.1"))
    newer = make_release("28.2")
    change(newer / "Skills.txt", "\t0.00\t", "\t6.50\t")
    change(newer / OCCUPATION_FILE, "Kite Masters", "Kite Officers")
    clock.advance(60)

    load(newer)

    (stored,) = Store(engine).read("skills", [RATED[0]])
    assert 6.5 == stored.profile.elements["2.A.1.a"].level
    assert "Kite Officers" == stored.profile.title
    assert {("28.2", 2, clock.time)} == {
        (entry["release"], entry["generation"], entry["fetched_at"])
        for entry in entries(engine).values()
    }


def test_a_partial_release_leaves_what_it_does_not_hold(load, engine, clock, make_release):
    load(make_release("28.1"))
    before = entries(engine)
    clock.advance(60)
    partial = make_release("28.2", complete=False, codes=RATED[:1])

    report = load(partial)

    assert ({"skills": 1}, {"skills": 0}) == (report.rated, report.empty)
    after = entries(engine)
    assert "28.2" == after[RATED[0]]["release"]
    del before[RATED[0]], after[RATED[0]]
    for entry in (*before.values(), *after.values()):
        del entry["changed_in"]  # their titles may be others
    assert before == after
    assert {*RATED} == rated_codes(engine)


def test_a_partial_release_may_rate_what_a_complete_one_left_empty(load, engine, make_release):
    load(make_release("28.1"))
    partial = make_release("28.2", complete=False)
    file = partial / "Skills.txt"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(RATED[0], UNRATED), encoding="utf-8")

    load(partial)

    assert dict.fromkeys(TITLES, "rated") == states(engine)


def test_descriptions_outlive_a_release_without_them(load, engine, make_release):
    load(make_release("28.1"))
    bare = make_release("28.2", complete=False)
    file = bare / OCCUPATION_FILE
    file.write_text(file.read_text("utf-8").replace("They do.", ""), encoding="utf-8")

    load(bare)

    assert {"They do."} == {row["description"] for row in dump(engine)["occupation"]}


@pytest.mark.parametrize("dropped", [RATED[3], UNRATED], ids=["rated", "unrated"])
def test_an_occupation_that_a_complete_release_drops_is_gone(load, engine, make_release, dropped):
    load(make_release("28.1"))

    load(make_release("28.2", codes=[code for code in TITLES if code != dropped]))

    assert dropped not in rated_codes(engine)
    assert dropped not in {row["code"] for row in dump(engine)["occupation"]}
    (stored,) = Store(engine).read("skills", [dropped])
    assert ("absent", 2, 0, None) == (
        stored.entry.state,
        stored.entry.generation,
        stored.entry.row_count,
        stored.entry.content_hash,
    )
    assert {} == stored.profile.elements


def test_an_element_that_a_complete_release_drops_has_no_ratings_left(load, engine, make_release):
    load(make_release("28.1"))
    newer = make_release("28.2")
    drop_lines(newer / "Skills.txt", *(f"{code}\t2.B.1.a" for code in RATED))

    load(newer)

    assert {"2.A.1.a", "2.A.1.b"} == {row["element_id"] for row in dump(engine)["rating"]}
    assert {4} == {entries(engine)[code]["row_count"] for code in RATED}


def test_an_occupation_that_a_newer_release_no_longer_rates_is_empty(load, engine, make_release):
    load(make_release("28.1"))
    newer = make_release("28.2")
    drop_lines(newer / "Skills.txt", RATED[2])

    load(newer)

    assert "empty" == states(engine)[RATED[2]]
    assert RATED[2] not in rated_codes(engine)


@pytest.fixture
def with_api_entries(load, engine, make_release):
    """A complete release, and three entries that the upstream filled since."""
    load(make_release("28.1"))
    for code in (RATED[0], UNRATED, NEW):
        publish(engine, rated(code, level="5.0000"))
    return Store(engine)


def origins(engine) -> dict[str, tuple[str, str]]:
    return {code: (entry["origin"], entry["state"]) for code, entry in entries(engine).items()}


def test_what_the_upstream_filled_stays_beside_a_partial_release(
    with_api_entries, load, engine, make_release
):
    load(make_release("28.2", complete=False, codes=RATED[1:2]))

    found = origins(engine)
    assert [("api", "rated")] * 3 == [found[code] for code in (RATED[0], UNRATED, NEW)]
    levels = {
        element.level
        for stored in with_api_entries.read("skills", [RATED[0], UNRATED, NEW])
        for element in stored.profile.elements.values()
    }
    assert {5.0} == levels


def test_a_complete_release_replaces_what_it_lists_and_keeps_what_it_does_not(
    with_api_entries, load, engine, make_release
):
    load(make_release("28.2"))

    expected = dict.fromkeys(RATED, ("seed", "rated"))
    assert expected | {UNRATED: ("seed", "empty"), NEW: ("api", "rated")} == origins(engine)
    assert {*RATED, NEW} == rated_codes(engine)
    (stored,) = with_api_entries.read("skills", [NEW])
    assert ("Tide Clerks", 2) == (stored.profile.title, len(stored.profile.elements))


def test_a_negative_answer_of_the_upstream_gives_way_to_a_release_that_rates_it(
    load, engine, make_release
):
    load(make_release("28.1", complete=False, codes=RATED[:1]))
    for code, state in ((RATED[1], "unknown"), (RATED[2], "empty")):
        publish(engine, fill(code, state))

    load(make_release("28.2"))

    assert dict.fromkeys(RATED, "rated") | {UNRATED: "empty"} == states(engine)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"state": "absent", "load_id": None}, id="purged"),
        pytest.param({"origin": "api", "load_id": None}, id="filled by the upstream"),
        pytest.param({"expires_at": START - timedelta(seconds=1)}, id="expired"),
    ],
)
def test_the_same_release_again_restores_an_entry_that_changed(
    load, engine, clock, made_up_release, values
):
    load(made_up_release)
    before = published(engine)
    changed = update(CacheEntry).where(CacheEntry.occupation_code == RATED[0])
    database.write(engine, lambda connection: connection.execute(changed.values(values)))
    clock.advance(10)

    report = load(made_up_release)

    assert report.changed is True
    assert without(before, *OF_A_LOAD) == without(published(engine), *OF_A_LOAD)


def test_an_older_release_can_be_put_back_in_place(load, engine, make_release):
    older = make_release("28.1")
    load(older)
    before = published(engine)
    load(make_release("28.2", codes=RATED[:2]))

    assert load(older).changed is True
    assert without(before, *OF_A_LOAD) == without(published(engine), *OF_A_LOAD)
    assert {3} == {entry["generation"] for entry in entries(engine).values()}


REFUSED = [
    pytest.param("Skills.txt", "\t4.12\t", "\t9.12\t", "value '9.12'", id="value"),
    pytest.param("Skills.txt", RATED[0], NEW, f"occupation '{NEW}'", id="occupation"),
    pytest.param("Skills.txt", "\tAnalyst\n", "\n", "12 fields", id="fields"),
    pytest.param("Skills.txt", "Scale ID", "Scale", "column Scale ID not found", id="header"),
    pytest.param(OCCUPATION_FILE, "Kite Masters", "", "the title is missing", id="title"),
    pytest.param("Scales Reference.txt", "0\t7", "7\t0", "no range", id="scale"),
    pytest.param("Skills.txt", "\t4.12\t", f"\t{'9' * 70_000}\t", "no figure", id="huge field"),
    pytest.param(OCCUPATION_FILE, RATED[0], "9" * 70_000, "is not an O", id="huge code"),
    pytest.param("Scales Reference.txt", "LV", "L" * 70_000, "the scale LV", id="huge scale"),
]


@pytest.mark.parametrize("release", ["28.1", "28.2"], ids=["same", "newer"])
@pytest.mark.parametrize(("name", "old", "new", "reason"), REFUSED)
def test_a_refused_release_leaves_what_was_published_and_is_recorded_with_its_reason(
    load, engine, clock, make_release, tmp_path, release, name, old, new, reason
):
    good = make_release("28.1")
    load(good)
    before = dump(engine, (*PUBLISHED, "landing_rating"))
    bad = shutil.copytree(good, tmp_path / "bad") if release == "28.1" else make_release("28.2")
    change(bad / name, old, new)
    clock.advance(60)

    with pytest.raises(ReleaseError, match=reason) as raised:
        load(bad)

    assert before == dump(engine, (*PUBLISHED, "landing_rating"))
    recorded = dump(engine, ("load",))["load"][-1]
    assert (release, "refused", raised.value.rejected, clock.time) == (
        recorded["release"],
        recorded["state"],
        recorded["rejected"],
        recorded["finished_at"],
    )
    assert str(raised.value) == recorded["reason"]


@pytest.mark.parametrize("missing", [OCCUPATION_FILE, "Skills.txt", "Scales Reference.txt"])
def test_a_release_without_a_file_changes_nothing(load, engine, make_release, missing):
    load(make_release("28.1"))
    before = dump(engine, (*PUBLISHED, "landing_rating"))
    bad = make_release("28.2")
    (bad / missing).unlink()

    with pytest.raises(ReleaseError, match=missing):
        load(bad)

    assert before == dump(engine, (*PUBLISHED, "landing_rating"))


def test_a_refused_release_can_be_mended_and_loaded(load, engine, made_up_release):
    line = f"{NEW}\t2.A.1.a"
    add_lines(made_up_release / "Skills.txt", line)
    with pytest.raises(ReleaseError):
        load(made_up_release)
    assert is_seeded(engine) is False

    drop_lines(made_up_release / "Skills.txt", line)
    assert load(made_up_release).changed is True
    assert is_seeded(engine) is True


@pytest.mark.parametrize("before", ["nothing", "another release"])
def test_a_seeding_cut_at_any_statement_leaves_the_old_release(
    load, engine, clock, make_release, before
):
    if before != "nothing":
        load(make_release("28.1", complete=False, codes=RATED[:2]))
    old = dump(engine, (*PUBLISHED, "landing_rating"))
    newer = make_release("28.2", codes=RATED[1:])
    (newer / "Job Titles.txt").write_text(f"O*NET-SOC Code\tJob Title\n{RATED[1]}\tEbb Clerk\n")
    write_domain(newer, "Abilities")
    drop_lines(newer / "Abilities.txt", RATED[0])

    left = [dump(engine, (*PUBLISHED, "landing_rating")) for _ in cuts(engine, lambda: load(newer))]

    assert len(left) > 10
    assert [old] * len(left) == left
    assert dict.fromkeys(RATED[1:], "rated") == {
        code: state for code, state in states(engine).items() if state != "absent"
    }
    assert ["Ebb Clerk"] == [row["title"] for row in published(engine)["alternate_title"]]


def test_progress_is_told_up_to_all_rows(load, starter_release):
    told = []

    load(starter_release, progress=lambda done, total: told.append((done, total)))

    assert sorted(told) == told
    assert (4480, 4480) == told[-1]


def test_an_unmigrated_database_is_told_and_not_a_bug(empty_engine, made_up_release, clock):
    with pytest.raises(DatabaseUnavailable):
        seed(empty_engine, made_up_release, limits=LIMITS, now=clock)
