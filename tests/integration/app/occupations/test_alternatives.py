"""What is offered in place of unrated occupations of O*NET 30.3, and that the documents say it."""

import re
from pathlib import Path

import pytest
from support.release_files import rows_of, titles_of

from app.occupations.likeness import Likeness
from app.occupations.nearest import ENOUGH, rated_near, shared_group

DOCUMENT = Path(__file__).parents[4] / "docs" / "api.md"


@pytest.fixture(scope="module")
def titles(newer_release):
    return titles_of(newer_release)


@pytest.fixture(scope="module")
def offers(newer_release, titles):
    """What is offered in place of each unrated occupation, by code."""

    def values(name):
        return [tuple(row.values()) for row in rows_of(newer_release / f"{name}.txt")]

    likeness = Likeness(titles, {code: text for code, _, text in values("Occupation Data")})
    rated = {row[0] for row in values("Essential Skills")}
    related: dict[str, list[str]] = {}
    for code, other, _, _ in sorted(values("Related Occupations"), key=lambda row: int(row[3])):
        related.setdefault(code, []).append(other)
    return {
        code: rated_near(code, rated, related.get(code, ()), likeness.of(code))
        for code in titles
        if code not in rated
    }


@pytest.mark.newer_release
def test_every_civilian_occupation_has_some_and_soldiers_only_what_is_like_theirs(offers):
    assert 122 == len(offers)
    for code, found in offers.items():
        assert len(found) >= ENOUGH or code.startswith("55-"), code
        assert not any(other.startswith("55-") for other in found)
    assert 11 == len([code for code, found in offers.items() if not found])


@pytest.mark.newer_release
def test_the_rest_of_a_group_is_offered_some_of_that_group(offers, titles):
    for code, found in offers.items():
        if titles[code].endswith("All Other") and not code.startswith("55-"):
            assert any(shared_group(code, other) for other in found), titles[code]


@pytest.mark.newer_release
def test_those_that_the_documents_show_are_those_that_are_offered(offers, titles):
    text = DOCUMENT.read_text(encoding="utf-8").partition("| unrated | offered |")[2]
    shown = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text.partition("\n\n")[0], re.M))
    offered = {
        titles[code]: "; ".join(titles[other] for other in found) or "none"
        for code, found in offers.items()
    }

    assert len(shown) >= 5
    assert shown == {title: offered[title] for title in shown}
