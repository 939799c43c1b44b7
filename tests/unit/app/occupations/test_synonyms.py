"""The list of synonyms can be read, and says one thing of each word."""

from collections import Counter

from app.occupations.synonyms import FILE, read_synonyms
from app.occupations.words import fold


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
