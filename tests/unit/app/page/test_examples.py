"""What one may look at who has nothing to ask yet."""

from support.gap_bodies import body, item

from app.page import examples
from app.page.links import Question


def test_an_example_without_gaps_has_no_largest_step() -> None:
    found = examples.example(Question(), body(covered=[item("a", 2, 1)], readiness=1.0))

    assert "100 % of the skills are there." == found.more


def test_an_example_that_is_to_be_fetched_is_a_link() -> None:
    source, target = ("11-9001.00", "Kite Makers"), ("15-9002.00", "Tide Clerks")
    found = examples.example_unread(Question(domain="knowledge"), source, target)

    assert "./?from=11-9001.00&to=15-9002.00&domain=knowledge" == found.href
