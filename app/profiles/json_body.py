"""The answers to profiles as JSON objects: what API, page and commands show."""

from typing import TYPE_CHECKING, Any

from app.gaps.compare import GapChoice
from app.gaps.json_body import CloserThan, compared_body, published, side
from app.occupations.provenance import attribution, noted, source
from app.profiles.merge import importance
from app.profiles.service import OwnPair, OwnSubject
from app.transitions.choice import TransitionsChoice
from app.transitions.json_body import ranking_body
from cache.profile import ElementRating
from cache.reading import Reading

if TYPE_CHECKING:  # it loads numpy, which most processes can do without
    from app.transitions.service import Transitions


def own_gap_body(pair: OwnPair, choice: GapChoice, closer_than: CloserThan) -> dict[str, Any]:
    """Compare a profile with an occupation, and write the gaps that are chosen; see `gap_body`."""
    gap = pair.gap
    titles = {one.entry.code: one.profile.title for one in pair.occupations}
    body = {
        "from": _named(titles, pair.ratings),
        **compared_body(gap, pair.target, choice, closer_than, _write),
        "sources": {
            "from": [
                _source(reading) | {"rated": reading.profile.rated} for reading in pair.occupations
            ],
            "to": source(pair.target) | {"rated": gap.target.rated},
        },
        "attribution": attribution(pair.readings),
    }
    return noted(body, pair.notes)


def own_transitions_body(
    transitions: "Transitions", subject: OwnSubject, choice: TransitionsChoice
) -> dict[str, Any]:
    """Rank the transitions of a profile, and write those that are chosen.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    ranked = transitions.of_profile(subject.profiles, subject.titles, choice)
    body = {
        "from": _named(subject.titles, subject.ratings),
        **ranking_body(ranked, list(subject.profiles), choice),
        "sources": {
            domain: [_source(reading) for reading in readings]
            for domain, readings in subject.occupations.items()
        },
        "attribution": attribution(subject.readings),
    }
    return noted(body, subject.notes)


def _named(titles: dict[str, str], ratings: int) -> dict[str, Any]:
    named = [{"code": code, "title": title} for code, title in titles.items()]
    return {"occupations": named, "ratings": ratings}


def _source(reading: Reading) -> dict[str, Any]:
    return {"code": reading.entry.code} | source(reading)


def _write(rating: ElementRating) -> Any:
    """Write the side of a profile; what is given is not remembered."""
    if type(rating) is ElementRating:
        return published(rating)
    return side(rating.level, importance(rating), rating.not_relevant)
