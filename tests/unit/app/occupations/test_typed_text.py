"""Which words of a text decide: not its rank, and the head more than what is told of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.occupations.typed_text import HEAD, LIGHT, MOST_WORDS, Word, head_of, read
from app.occupations.words import fold, stem


def shares(text: str) -> dict[str, float]:
    return dict(read(text))


@pytest.mark.parametrize(
    "text",
    ["senior accountant", "Junior Accountant", "lead accountant", "accountant (trainee)",
     "accountant, graduate", "principal accountant", "an accountant"],
)  # fmt: skip
def test_a_rank_decides_next_to_nothing(text):
    found = shares(text)

    assert HEAD == found.pop("accountant")
    assert [LIGHT] == list(found.values())


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("staff nurse", "nurse"),
        ("Nurses, Staff", "nurse"),
        ("manager of sales", "manager"),
        ("DBA (Database Administrator)", "dba"),
        ("Helpers--Roofers", "helper"),
        ("Teachers, Except Special Education", "teacher"),
        ("Captains, Mates, and Pilots", "pilot"),
        ("Tapers, Painters, and Sorters, Except Hand", "sorter"),
        ("electrician apprentice", "electrician"),
        ("school principal", "principal"),
        ("(welder)", "welder"),
        ("for hire", "hire"),
        ("senior", ""),
        ("", ""),
    ],
)
def test_the_head_is_the_last_word_before_a_tail(text, head):
    assert head == stem(head_of(text, fold(text)))


def test_head_of_means_manager_and_a_team_leader_supervises():
    assert shares("manager of marketing") == shares("Head of Marketing")
    for text in ("call center team leader", "Call Centre Team Lead", "call center teamleader"):
        assert shares("call center supervisor") == shares(text)


@pytest.mark.parametrize("text", ["trainee", "the", "senior", "of the"])
def test_ranks_and_grammar_decide_where_there_is_nothing_else(text):
    assert {1.0} == set(shares(text).values())


@given(st.text(max_size=300))
def test_any_text_is_words_each_once(text):
    words = read(text)

    assert all(isinstance(word, Word) and word.stem for word in words)
    assert len(words) == len({word.stem for word in words}) <= MOST_WORDS
    assert not words or max(word.share for word in words) in (1.0, HEAD)
