"""What a caller means by an occupation, on a list short enough to see through."""

import pytest

from app.occupations.resolve import (
    NO_SUCH_TITLE,
    SHARED_TITLE,
    Candidate,
    Unresolved,
    is_code,
    resolve,
)
from app.occupations.title_index import TitleIndex

TITLES = {
    "11-1011.00": "Chief Executives",
    "15-1252.00": "Software Developers",
    "15-1254.00": "Web Developers",
    "27-2011.00": "Actors",
    "43-9061.00": "Office Clerks, General",
}
ALTERNATES = {
    "11-1011.00": ["CEO (Chief Executive Officer)", "Manager", "Filer"],
    "15-1252.00": ["Programmer"],
    "15-1254.00": ["Programmer", "Actors"],
    "27-2011.00": ["Thespian", "thespian"],
    "43-9061.00": ["Boss", "Filer"],
}
SYNONYMS = [
    ("Software Developers", "SWE"),
    ("Software Developers", "programmer"),
    ("Chief Executives", "boss"),
    ("Web Developers", "filer"),
]


@pytest.fixture(scope="module")
def index():
    return TitleIndex(TITLES, ALTERNATES, SYNONYMS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("15-1254.00", "15-1254.00"),
        ("99-9999.99", "99-9999.99"),
        ("Chief Executives", "11-1011.00"),
        ("chief  EXECUTIVES ", "11-1011.00"),
        ("office clerks general", "43-9061.00"),
        ("ceo - chief executive officer", "11-1011.00"),
        pytest.param("Thespian", "27-2011.00", id="twice an alternate title of one"),
        pytest.param("actors", "27-2011.00", id="an own title before another's alternate one"),
        pytest.param("swe", "15-1252.00", id="a synonym that is no title"),
        pytest.param("boss", "43-9061.00", id="O*NET's alternate title before a synonym"),
    ],
)
def test_a_code_or_a_title_of_one_occupation_means_that(index, text, code):
    assert {"from": code} == resolve({"from": text}, lambda: index)


@pytest.mark.parametrize(
    ("text", "said", "codes"),
    [
        pytest.param(
            "Programmer", SHARED_TITLE, ["15-1252.00", "15-1254.00"], id="a title that two have"
        ),
        pytest.param(
            "filer",
            SHARED_TITLE,
            ["15-1254.00", "43-9061.00", "11-1011.00"],
            id="a title that two have and that is a synonym for a third",
        ),
        ("Web Developer", NO_SUCH_TITLE, ["15-1254.00"]),
        ("chef executives", NO_SUCH_TITLE, ["11-1011.00"]),
        ("xyzzy", NO_SUCH_TITLE, []),
        ("?", NO_SUCH_TITLE, []),
    ],
)
def test_another_text_is_told_what_it_may_mean(index, text, said, codes):
    with pytest.raises(Unresolved) as raised:
        resolve({"to": text}, lambda: index)

    assert {"to": said} == raised.value.messages
    assert codes == [candidate.code for candidate in raised.value.candidates["to"]]


def test_a_candidate_says_by_which_title_it_may_be_meant(index):
    with pytest.raises(Unresolved) as raised:
        resolve({"from": "programer", "by": "Actors"}, lambda: index)

    meant = Candidate("15-1252.00", "Software Developers", "Programmer")
    assert ["from"] == list(raised.value.candidates)
    assert meant in raised.value.candidates["from"]


def test_codes_are_resolved_without_the_titles():
    codes = {"from": "11-1011.00", "to": "15-1254.00"}

    assert codes == resolve(codes, lambda: pytest.fail("the index was asked for"))


@pytest.mark.parametrize("text", ["15-1254", "15-1254.00\n", " 15-1254.00", "15-1254.00;", ""])
def test_only_a_whole_code_is_one(text):
    assert not is_code(text)
