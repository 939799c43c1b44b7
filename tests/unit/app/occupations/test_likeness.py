"""Occupations are alike by the words of their titles and descriptions, the rarer the more."""

import pytest

from app.occupations.likeness import Likeness

TITLES = {
    "11-1.00": "Pilots, Except Harbor",
    "11-2.00": "Harbor Masters",
    "11-3.00": "Kite Pilots, All Other",
    "11-4.00": "First-Line Supervisors of Bakers",
    "11-5.00": "First-Line Supervisors of Weavers",
    "11-6.00": "Weavers",
}
DESCRIPTIONS = {
    "11-1.00": "Fly aircraft and navigate.",
    "11-2.00": "Directs ships. Navigating.",
    "11-3.00": None,
    "11-6.00": "Weave cloth on looms.",
}
LIKENESS = Likeness(TITLES, DESCRIPTIONS)


def test_it_is_the_same_both_ways_and_from_0_to_1():
    for code in TITLES:
        for other, like in LIKENESS.of(code).items():
            assert 0 < like <= 1
            assert like == pytest.approx(LIKENESS.of(other)[code])
        assert code not in LIKENESS.of(code)


def test_who_shares_no_word_is_left_out():
    assert {"11-3.00"} == LIKENESS.of("11-1.00").keys()
    assert {"11-5.00"} == LIKENESS.of("11-6.00").keys()


def test_a_rank_and_what_an_occupation_is_not_say_nothing():
    assert {} == LIKENESS.of("11-4.00")
    assert "11-2.00" not in LIKENESS.of("11-1.00")


def test_a_word_of_few_makes_more_alike_than_one_of_many():
    titles = {"1": "rare common", "2": "rare", "3": "common", "4": "common", "5": "other"}
    found = Likeness(titles, {}).of("1")

    assert found["2"] > found["3"] == found["4"]


def test_a_code_that_is_not_listed_is_like_none():
    assert {} == LIKENESS.of("99-9.00")
    assert {} == Likeness({}, {}).of("11-1.00")


def test_words_at_any_place_of_a_long_description_count():
    titles = {"1": "Ones", "2": "Twos", "3": "Threes"}
    long = "padding " * 100

    assert {"2"} == Likeness(titles, {"1": f"{long} zither", "2": "zither", "3": ""}).of("1").keys()
