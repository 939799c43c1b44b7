"""What one may look at who has nothing to ask yet."""

import pytest
from support.gap_bodies import body, item

from app.page import examples
from app.page.links import Question


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            body([item("Reading Tides", 1, 4), item("Listening", 1, 2)]),
            "88 % of the skills are there; Reading Tides is the largest step.",
        ),
        (body(covered=[item("a", 2, 1)], readiness=1.0), "100 % of the skills are there."),
    ],
)
def test_an_example_says_what_makes_one_look(answer, said) -> None:
    found = examples.example(Question(), answer)

    assert ("Kite Makers → Tide Clerks", "./?from=11-9001.00&to=15-9002.00", said) == found


def test_an_example_that_is_to_be_fetched_is_a_link() -> None:
    source, target = ("11-9001.00", "Kite Makers"), ("15-9002.00", "Tide Clerks")
    found = examples.example_unread(Question(domain="knowledge"), source, target)

    assert "./?from=11-9001.00&to=15-9002.00&domain=knowledge" == found.href
