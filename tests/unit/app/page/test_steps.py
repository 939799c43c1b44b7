"""What the page says of next steps."""

import pytest
from support.gap_bodies import transitions

from app.page import steps


@pytest.mark.parametrize(
    ("zone", "text"), [(2, "job zone 2: Some Preparation Needed"), (5, "job zone 5")]
)
def test_a_job_zone_is_told_in_the_words_of_onet_where_there_are_some(zone, text) -> None:
    assert text == steps.job_zone(zone, transitions())


@pytest.mark.parametrize(
    ("tier", "text"),
    [
        ("Primary-Short", "closely related"),
        ("Primary-Long", "closely related"),
        ("Supplemental", "related"),
        (None, ""),
    ],
)
def test_related_occupations_are_marked(tier, text) -> None:
    assert text == steps.related(tier)


def test_next_steps_say_what_they_rank_and_how_many_of_how_many() -> None:
    assert (
        "Where Kite Makers could go next",
        (
            "The nearest of the 63 other occupations with skills ratings here, out of 1,015 that "
            "O*NET lists, by how well they fit: the mean of how much of what each needs Kite "
            "Makers already have, and how much of what Kite Makers have is used there."
        ),
    ) == steps.transitions(transitions("to"))
    assert (
        "Who could become Kite Makers",
        (
            "The nearest of the 63 other occupations with skills ratings here, out of 1,015 that "
            "O*NET lists, by how well they fit: the mean of how much of what Kite Makers need "
            "each already has, and how much of what each has is used there."
        ),
    ) == steps.transitions(transitions("from"))


def test_where_all_others_are_listed_or_there_is_none_it_says_so() -> None:
    both = transitions() | {"compared": 3}
    none = transitions() | {"compared": 1, "transitions": []}

    assert steps.transitions(both)[1].startswith("The 2 other occupations with skills ratings")
    assert (
        "There is no other occupation with skills ratings here, out of 1,015 that O*NET lists."
        == steps.transitions(none)[1]
    )


def test_next_steps_of_a_job_zone_say_which() -> None:
    assert (
        "The nearest in job zone 2, of the 63 other occupations with skills ratings here, out of "
        "1,015 that O*NET lists, by how well they fit: the mean of how much of what each needs "
        "Kite Makers already have, and how much of what Kite Makers have is used there."
    ) == steps.transitions(transitions(), 2)[1]
    none = transitions() | {"transitions": [], "compared": 1}
    assert steps.transitions(none, 5)[1].startswith("There is no other occ")


def test_the_elements_that_steps_name_are_each_told_once() -> None:
    named = {"2.A.1.a": "Reading Tides", "2.A.1.c": "Writing Waves"}

    assert list(named.items()) == list(steps.elements(transitions()).items())
