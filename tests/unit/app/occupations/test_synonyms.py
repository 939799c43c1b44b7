"""The list of synonyms can be read, and says one thing of each word."""

from collections import Counter

import pytest
from support.release_files import titles_of

from app.occupations.synonyms import FILE, read_synonyms
from app.occupations.title_index import TitleIndex
from app.occupations.words import fold


@pytest.fixture(scope="module")
def starter_index(starter_release):
    """The titles of the starter data, which has no alternate ones."""
    return TitleIndex(titles_of(starter_release), {}, read_synonyms())


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("bookkeeper", "Bookkeeping, Accounting, and Auditing Clerks"),
        ("car mechanic", "Automotive Service Technicians and Mechanics"),
        ("CEO", "Chief Executives"),
        ("plumber", "Plumbers, Pipefitters, and Steamfitters"),
        ("postman", "Postal Service Mail Carriers"),
        ("recruiter", "Human Resources Specialists"),
        ("software engineer", "Software Developers"),
        ("nurse", "Registered Nurses"),
        ("waitress", "Waiters and Waitresses"),
    ],
)
def test_common_words_find_their_occupation_without_alternate_titles(starter_index, typed, title):
    assert title == starter_index.search(typed, 1)[0].title


def test_each_line_has_a_title_and_words_and_each_word_is_there_once():
    pairs = read_synonyms()

    assert len(pairs) > 1_000
    assert all(
        own and typed and own == own.strip() and typed == typed.strip() for own, typed in pairs
    )
    assert [] == [typed for typed, count in Counter(fold(t) for _, t in pairs).items() if count > 1]
    assert "" not in {fold(typed) for _, typed in pairs}


def test_the_list_is_plain_text_in_lines_that_can_be_read():
    text = FILE.read_text(encoding="utf-8")

    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 160
