"""Job zones are what releases say they are, and are told so that people understand them."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transitions.choice import TransitionsChoice, ZoneChange
from app.transitions.job_zones import HIGHEST, JobZoneNotHeld, any_of, called, check_zones

zones = st.integers(1, HIGHEST)


@pytest.mark.parametrize(
    ("zone", "name", "text"),
    [
        (4, "Job Zone Four: Considerable Preparation Needed", "4: Considerable Preparation Needed"),
        (
            2,
            "Job Zone 1-2: Very Little to Some Preparation Needed",
            "2: Very Little to Some Preparation Needed",
        ),
        (3, "Apprentices", "3: Apprentices"),
        (3, "Job Zone Three:", "3: Job Zone Three:"),
        (4, None, "4"),
    ],
)
def test_a_job_zone_is_its_number_and_the_words_that_are_held(zone, name, text):
    assert text == called(zone, name)


@pytest.mark.parametrize(
    ("chosen", "text"), [([4], "4"), ([4, 3], "3 or 4"), ([5, 2, 10], "2, 5 or 10")]
)
def test_several_are_an_alternative(chosen, text):
    assert text == any_of(chosen)


@pytest.mark.parametrize(
    ("asked", "held", "said"),
    [
        ([1], [2, 3, 4, 5], "No occupation held is in job zone 1; held are 2, 3, 4 and 5."),
        ([1, 3, 6], [2, 3], "No occupation held is in job zone 1 or 6; held are 2 and 3."),
        ([1], [4], "No occupation held is in job zone 1; held is 4."),
        ([1], [], "No job zones are held; `flask seed latest` brings them."),
    ],
)
def test_a_zone_that_is_not_held_is_named_with_those_that_are(asked, held, said):
    with pytest.raises(JobZoneNotHeld) as raised:
        check_zones(TransitionsChoice(job_zones=tuple(asked)), dict.fromkeys(held), None)
    assert said == str(raised.value)
    assert "job_zone" == raised.value.parameter


@given(st.sets(zones, min_size=1), st.sets(zones, min_size=1))
def test_there_is_nothing_to_say_where_every_zone_asked_for_is_held(asked, held):
    with nullcontext() if asked <= held else pytest.raises(JobZoneNotHeld):
        check_zones(TransitionsChoice(job_zones=tuple(asked)), dict.fromkeys(held), None)


def test_a_change_of_zone_needs_the_zone_that_it_is_counted_from():
    choice = TransitionsChoice(zone_change=ZoneChange(0, 1))

    check_zones(choice, {3: None}, 3)
    for held, own in (({3: None}, None), ({}, None)):
        with pytest.raises(JobZoneNotHeld) as raised:
            check_zones(choice, held, own)
        assert "zone_change" == raised.value.parameter
