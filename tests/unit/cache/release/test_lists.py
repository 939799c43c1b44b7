"""What a release lists beside ratings is read as it stands, or refused by file and line."""

import pytest
from support.made_up_release import (
    ALTERNATE_TITLES,
    JOB_ZONE_NAMES,
    JOB_ZONES,
    RELATED,
    write_lists,
)
from support.release_files import add_lines

from cache.release.lists import READERS
from cache.release.reader import open_release
from onet_client.release_files import ReleaseError


def read(path) -> dict[str, object]:
    with open_release(path) as release:
        occupations = release.occupations()
        return {
            of: READERS[of](release, file, occupations) for of, file in release.list_files.items()
        }


def refusal(path) -> str:
    with pytest.raises(ReleaseError) as raised:
        read(path)
    return str(raised.value)


@pytest.fixture
def listed(made_up_release):
    """The made-up release with all that one may list."""
    return write_lists(made_up_release)


@pytest.mark.parametrize("job_titles", [False, True], ids=["to 30.2", "from 30.3"])
def test_each_list_is_read_whole(made_up_release, job_titles):
    found = read(write_lists(made_up_release, job_titles=job_titles))

    assert {
        "alternate titles": sorted(ALTERNATE_TITLES),
        "job zones": sorted(JOB_ZONES.items()),
        "job zone names": sorted(JOB_ZONE_NAMES.items()),
        "related occupations": sorted(RELATED),
    } == found


def test_every_list_may_be_missing(starter_release):
    assert {} == read(starter_release)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Job Titles.txt", "O*NET-SOC Code\tJob Title"),
        ("Job Titles.txt", "Job Title\tO*NET-SOC Code"),
        ("Job Titles.txt", "Job Title ID\tO*NET-SOC Code\tSource(s)\tJob Title\tReported"),
        ("Job Titles.txt", "O*NET-SOC Code\tAlternate Title"),
        ("Job Zone Reference.txt", "Job Zone\tName"),
        ("Job Zone Reference.txt", "Experience\tName\tEducation\tSVP Range\tJob Zone\tExamples"),
    ],
)
def test_columns_are_found_by_their_names_wherever_those_are(made_up_release, name, header):
    fields = {"O*NET-SOC Code": "11-9001.00", "Job Title": "Flyer", "Alternate Title": "Flyer"}
    fields |= {"Job Zone": "2", "Name": "Little Preparation"}
    line = "\t".join(fields.get(column, "x") for column in header.split("\t"))
    (made_up_release / name).write_text(f"{header}\n{line}\n", encoding="utf-8")

    found = read(made_up_release)
    if name == "Job Titles.txt":
        assert [("11-9001.00", "Flyer")] == found["alternate titles"]
    else:
        assert [(2, "Little Preparation")] == found["job zone names"]


@pytest.mark.parametrize(
    ("name", "header", "missing"),
    [
        ("Alternate Titles.txt", "", "columns O*NET-SOC Code, Alternate Title"),
        ("Alternate Titles.txt", "O*NET-SOC Code\tTitle", "column Alternate Title"),
        ("Alternate Titles.txt", "Code\tAlternate Title", "column O*NET-SOC Code"),
        ("Job Zones.txt", "Code\tJob Zone", "column O*NET-SOC Code"),
        ("Job Zone Reference.txt", "Job Zone\tTitle", "column Name"),
        ("Job Zone Reference.txt", "Zone\tName", "column Job Zone"),
        ("Related Occupations.txt", "Code\tIndex", "columns O*NET-SOC Code, Related"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(listed, name, header, missing):
    (listed / name).write_text(f"{header}\n", encoding="utf-8")

    told = refusal(listed)
    assert told.startswith(f"{name}, line 1: {missing}")
    assert told.endswith(f"not found; the header is: {', '.join(header.split(chr(9)))}")


@pytest.mark.parametrize("zone", [1, 6, 9, 10, 99])
def test_a_job_zone_may_be_any_that_a_release_says(listed, zone):
    add_lines(listed / "Job Zones.txt", f"29-9003.00\t{zone}\t08/2023\tAnalyst")

    assert JOB_ZONES | {"29-9003.00": zone} == dict(read(listed)["job zones"])


def test_titles_in_both_layouts_are_refused(listed):
    write_lists(listed, job_titles=True)

    assert refusal(listed).startswith(
        "Alternate Titles.txt or Job Titles.txt: both layouts are here"
    )


@pytest.mark.parametrize(
    "title", ["T" * 250, "Échoppier \N{KITE}", "kite captain", "Kite  Captain"]
)
def test_a_title_may_be_any_text_of_up_to_250_characters(listed, title):
    add_lines(listed / "Alternate Titles.txt", f"11-9001.00\t{title}\tn/a\t08")

    expected = {*ALTERNATE_TITLES, ("11-9001.00", title)}
    assert sorted(expected) == read(listed)["alternate titles"]


LONG_TITLE = "a title is missing or longer than 250 characters"
LONG_TIER = "the tier is missing or longer than 30 characters"
LONG_NAME = "the name is missing or longer than 150 characters"
REFUSED = {
    "Alternate Titles.txt": [
        ("99-9999.99\tFlyer\tn/a\t08", "occupation '99-9999.99' is not in Occupation Data.txt"),
        ("\tFlyer\tn/a\t08", "occupation '' is not in Occupation Data.txt"),
        ("11-9001.00\t\tn/a\t08", LONG_TITLE),
        ("11-9001.00\tn/a\tn/a\t08", LONG_TITLE),
        ("11-9001.00\t  \tn/a\t08", LONG_TITLE),
        (f"11-9001.00\t{'x' * 251}\tn/a\t08", LONG_TITLE),
        (f"11-9001.00\tFlyer\t{'x' * 251}\t08", LONG_TITLE),
        ("11-9001.00\tFlyer\tn/a", "3 fields where 4 are due"),
    ],
    "Job Zones.txt": [
        ("99-9999.99\t3\t08/2023\tAnalyst", "occupation '99-9999.99' is not in"),
        ("11-9001.00\t3\t08/2023\tAnalyst", "a second job zone of 11-9001.00"),
        ("29-9003.00\t0\t08/2023\tAnalyst", "job zone '0' is no whole number from 1 to 99"),
        ("29-9003.00\t-1\t08/2023\tAnalyst", "job zone '-1' is no whole"),
        ("29-9003.00\t100\t08/2023\tAnalyst", "job zone '100' is no whole"),
        ("29-9003.00\t3.0\t08/2023\tAnalyst", "job zone '3.0' is no whole number from 1 to 99"),
        ("29-9003.00\tn/a\t08/2023\tAnalyst", "job zone 'n/a' is no whole number from 1 to 99"),
        ("29-9003.00\t\N{ARABIC-INDIC DIGIT FIVE}\t\t", "is no whole number from 1 to 99"),
        ("29-9003.00\t3", "2 fields where 4 are due"),
    ],
    "Job Zone Reference.txt": [
        ("3\tJob Zone Three\tn/a", "a second name of job zone 3"),
        ("0\tJob Zone None\tn/a", "job zone '0' is no whole number from 1 to 99"),
        ("1-2\tJob Zone 1-2\tn/a", "job zone '1-2' is no whole number from 1 to 99"),
        ("4\t\tn/a", LONG_NAME),
        ("4\tn/a\tn/a", LONG_NAME),
        (f"4\t{'x' * 151}\tn/a", LONG_NAME),
        ("4\tJob Zone Four", "2 fields where 3 are due"),
    ],
    "Related Occupations.txt": [
        ("99-9999.99\t11-9001.00\tPrimary-Long\t1", "occupation '99-9999.99' is not in"),
        ("29-9003.00\t99-9999.99\tPrimary-Long\t1", "occupation '99-9999.99' is not in"),
        ("11-9001.00\t53-9005.00\tPrimary-Long\t3", "53-9005.00 is related to 11-9001.00 twice"),
        ("29-9003.00\t11-9001.00\t\t1", LONG_TIER),
        (f"29-9003.00\t11-9001.00\t{'x' * 31}\t1", LONG_TIER),
        ("29-9003.00\t11-9001.00\tPrimary-Long\t0", "index '0' is no place in an order"),
        ("29-9003.00\t11-9001.00\tPrimary-Long\tn/a", "index 'n/a' is no place in an order"),
        ("29-9003.00\t11-9001.00\tPrimary-Long\t9999999", "is no place in an order"),
        ("29-9003.00\t11-9001.00", "2 fields where 4 are due"),
    ],
}


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [(name, line, reason) for name, lines in REFUSED.items() for line, reason in lines],
)
def test_a_bad_line_is_refused_by_line_and_reason(listed, name, line, reason):
    add_lines(listed / name, line)
    number = len((listed / name).read_text(encoding="utf-8").splitlines())

    told = refusal(listed)
    assert told.startswith(f"{name}, line {number}: ")
    assert reason in told
