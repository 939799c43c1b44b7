"""A release changes the domains and lists that it holds, and leaves all others as they are."""

import re

import pytest
from support.caches import states
from support.made_up_release import (
    ALTERNATE_TITLES,
    JOB_ZONE_NAMES,
    JOB_ZONES,
    OTHER_ELEMENTS,
    RATED,
    TITLES,
    write_domain,
    write_lists,
)
from support.release_files import add_lines, drop_lines
from support.tables import OF_A_LOAD, dump, without

from cache.catalogue import Catalogue
from cache.entries.store import Store
from onet_client.release_files import ReleaseError

UNRATED = tuple(TITLES)[4]
DROPPED, *KEPT = TITLES


@pytest.fixture
def make_release(make_release):
    """The same, without the list that the made-up release has."""

    def make(*given, **options):
        folder = make_release(*given, **options)
        (folder / "Related Occupations.txt").unlink(missing_ok=True)
        return folder

    return make


def listed(engine) -> tuple[object, ...]:
    """All that the database lists beside ratings, the closest related occupations first."""
    catalogue = Catalogue(engine)
    related = [
        (code, related, tier)
        for code in TITLES
        for related, tier in catalogue.related(code).items()
    ]
    zones = {code: zone for code, zone in catalogue.job_zones().items() if zone}
    alternates = {
        (code, title) for code, titles in catalogue.alternate_titles().items() for title in titles
    }
    return alternates, zones, catalogue.job_zone_names(), related


LISTED = (
    {*ALTERNATE_TITLES},
    JOB_ZONES,
    JOB_ZONE_NAMES,
    [
        ("11-9001.00", "53-9005.00", "Primary-Short"),
        ("11-9001.00", "15-9002.00", "Supplemental"),
        ("15-9002.00", "11-9001.00", "Primary-Long"),
    ],
)


def test_every_domain_of_a_release_is_loaded(load, engine, made_up_release):
    write_domain(made_up_release, "Knowledge")
    write_domain(made_up_release, "Abilities")

    report = load(made_up_release)

    domains = ("skills", "knowledge", "abilities")
    assert (dict.fromkeys(domains, 4), dict.fromkeys(domains, 1)) == (report.rated, report.empty)
    for domain in domains:
        assert dict.fromkeys(RATED, "rated") | {UNRATED: "empty"} == states(engine, domain)
    for stem, elements in OTHER_ELEMENTS.items():
        (stored,) = Store(engine).read(stem.lower(), [RATED[1]])
        assert elements == {id_: one.name for id_, one in stored.profile.elements.items()}
        assert {(1.0, 4.12, None)} == {
            (one.level, one.importance, one.level_error) for one in stored.profile.elements.values()
        }


def test_a_domain_that_no_release_held_is_absent_and_not_empty(load, engine, made_up_release):
    load(made_up_release)

    assert {} == states(engine, "knowledge")
    assert {} == Catalogue(engine).titles(rated_in="knowledge")


def test_a_complete_release_leaves_a_domain_that_it_does_not_hold(load, engine, make_release):
    older = make_release("28.1")
    write_domain(older, "Knowledge")
    assert [] == load(older).kept
    before = Store(engine).read("knowledge", list(TITLES))

    report = load(make_release("28.2"))

    assert (["skills"], ["knowledge"]) == (list(report.rated), report.kept)
    assert before == Store(engine).read("knowledge", list(TITLES))
    assert dict.fromkeys(RATED, "rated") | {UNRATED: "empty"} == states(engine, "knowledge")


def test_an_occupation_stays_listed_while_any_domain_holds_it(load, engine, make_release):
    older = make_release("28.1")
    write_domain(older, "Knowledge")
    load(older)

    load(make_release("28.2", codes=KEPT))

    assert "absent" == states(engine, "skills")[DROPPED]
    (stored,) = Store(engine).read("knowledge", [DROPPED])
    assert ("28.1", TITLES[DROPPED]) == (stored.entry.release, stored.profile.title)


@pytest.mark.parametrize("job_titles", [False, True], ids=["to 30.2", "from 30.3"])
def test_every_list_of_a_release_is_loaded_and_counted(load, engine, make_release, job_titles):
    report = load(write_lists(make_release("28.1"), job_titles=job_titles))

    counts = {"alternate titles": 5, "job zones": 3, "job zone names": 2}
    assert counts | {"related occupations": 3} == report.lists
    assert LISTED == listed(engine)


def test_a_list_replaces_the_one_before(load, engine, make_release):
    load(write_lists(make_release("28.1")))
    newer = write_lists(make_release("28.2"), job_titles=True)
    drop_lines(newer / "Job Titles.txt", "11-9001.00")
    drop_lines(newer / "Job Zones.txt", "11-9001.00", "53-9005.00")
    drop_lines(newer / "Related Occupations.txt", "11-9001.00")
    name = "Job Zone 1-2: Very Little to Some Preparation Needed"
    reference = f"Name\tJob Zone\n{name}\t2\n"
    (newer / "Job Zone Reference.txt").write_text(reference, encoding="utf-8")

    load(newer)

    titles, zones, names, related = listed(engine)
    assert {2: name} == names
    assert {("15-9002.00", "Ebb Clerk"), ("53-9005.00", "Kite Captain")} == titles
    assert {"15-9002.00": 3} == zones
    assert [("15-9002.00", "11-9001.00", "Primary-Long")] == related


def test_a_list_without_a_line_leaves_nothing_listed(load, engine, make_release):
    load(write_lists(make_release("28.1")))
    newer = write_lists(make_release("28.2"))
    for name in ("Alternate Titles", "Job Zones", "Job Zone Reference", "Related Occupations"):
        header = (newer / f"{name}.txt").read_text(encoding="utf-8").splitlines()[0]
        (newer / f"{name}.txt").write_text(f"{header}\n", encoding="utf-8")

    load(newer)

    assert (set(), {}, {}, []) == listed(engine)


@pytest.mark.parametrize("complete", [True, False], ids=["complete", "partial"])
def test_a_release_without_lists_leaves_those_there_are(load, engine, make_release, complete):
    load(write_lists(make_release("28.1")))

    report = load(make_release("28.2", complete=complete))

    assert {} == report.lists
    assert LISTED == listed(engine)


def test_what_is_listed_of_an_occupation_goes_with_it(load, engine, make_release):
    load(write_lists(make_release("28.1")))

    load(make_release("28.2", codes=KEPT))

    titles, zones, _, related = listed(engine)
    assert {title for title in ALTERNATE_TITLES if title[0] != DROPPED} == titles
    assert {"15-9002.00": 3, "53-9005.00": 1} == zones
    assert [("15-9002.00", DROPPED, "Primary-Long")] == related


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("Job Zones.txt", "29-9003.00\t0\t08/2023\tAnalyst", "line 5: job zone '0'"),
        ("Knowledge.txt", "99-9999.99\tnonsense", "line 18: 2 fields"),
    ],
    ids=["a list", "a domain"],
)
def test_what_is_refused_leaves_the_whole_release_as_it_was(
    load, engine, make_release, name, line, reason
):
    load(write_lists(make_release("28.1")))
    before = without(dump(engine), *OF_A_LOAD)
    newer = write_lists(make_release("28.2"))
    write_domain(newer, "Knowledge")
    add_lines(newer / name, line)

    with pytest.raises(ReleaseError, match=f"{re.escape(name)}, {reason}"):
        load(newer)

    after = without(dump(engine), *OF_A_LOAD)
    del before["load"], after["load"]
    assert before == after
    assert LISTED == listed(engine)
    assert {} == states(engine, "knowledge")
