"""What the page of own levels shows, read by what the API's views call."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import floor
from typing import Any, Final, NamedTuple

from app.gaps.compare import GapChoice
from app.gaps.json_body import plain
from app.occupations.descriptions import Description
from app.occupations.lookup import LookupFailed
from app.page.asking import OwnQuestion
from app.page.reading import LISTED, Share, meanings
from app.problem_responses import logged_problem
from app.profiles.json_body import own_gap_body, own_transitions_body
from app.profiles.service import Own, OwnPair
from app.transitions.choice import PREFERRED, TransitionsChoice
from app.wiring.container import Services
from cache.entries.meanings import Meaning
from cache.profile import ElementRating
from onet_client.content_model import DOMAINS, domain_of

STEP: Final = 0.25
"""Between two places of a slider, in levels."""
TIMEOUT: Final = 20.0
"""Seconds that next steps wait for occupations that are not cached."""


class Slider(NamedTuple):
    """An element with its slider.

    Attributes:
        asked: the level of the target, 0-7.
        level: the own one; None where neither the occupations nor the form give it.
        start: where the slider is before it is moved.
        place: where it is.
        gain: by how much readiness rises if the gap closes, 0-1; 0 without one.
    """

    id: str
    name: str
    meaning: Meaning | None
    importance: float
    asked: float
    level: float | None
    start: float
    place: float
    gain: float


@dataclass
class OwnShown:
    """What the page of own levels shows.

    Attributes:
        asked: by codes where they are known.
        titles: of the occupations by code.
        body: the answer of POST /skill-gap with covered elements.
        moved: how many levels are given.
        described: what O*NET tells of the occupations named, by title.
        meanings: what elements mean, by id.
    """

    asked: OwnQuestion
    titles: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    shares: list[Share] = field(default_factory=list)
    sliders: list[Slider] = field(default_factory=list)
    ranking: dict[str, Any] | None = None
    moved: int = 0
    described: dict[str, Description] = field(default_factory=dict)
    meanings: Mapping[str, Meaning] = field(default_factory=dict)


def place_of(level: float) -> float:
    """Return the place of a slider that is nearest to a level, the higher of two."""
    return floor(level / STEP + 0.5) * STEP


def own_comparison(wired: Services, asked: OwnQuestion) -> OwnShown:
    """Compare what someone can do with an occupation.

    A level of the form counts where its slider was moved: elsewhere it is that of the occupations,
    which need not be a place of the slider.
    """
    own, domain = asked.own, asked.domain
    start = begun = wired.profiles.pair(Own(own.occupations, {}), asked.target, domain)
    if asked.begun and asked.begun != own.occupations:
        begun = wired.profiles.pair(Own(asked.begun, {}), asked.target, domain)
    known = {id_ for one in DOMAINS for id_ in wired.matrices.snapshot(one).matrix.names}
    moved = _moved(own.ratings, [begun, *_in_other_domains(wired, asked)], known)
    here = {id_: level for id_, level in moved.items() if domain_of(id_) == domain}
    pair = wired.profiles.pair(Own(own.occupations, here), asked.target, domain)
    titles = {one.entry.code: one.profile.title for one in pair.occupations}
    codes = tuple(titles)
    shown = OwnShown(OwnQuestion(Own(codes, moved), pair.target.entry.code, domain), titles)
    body = plain(own_gap_body(pair, GapChoice(covered=True), wired.baseline.closer_than))
    shown.body = body | {"from": {"code": "", "title": "You"}}
    shown.moved = len(moved)
    shown.meanings = meanings(wired)
    readings = [*pair.occupations, pair.target]
    shown.described = {one.profile.title: wired.descriptions.of(one.entry) for one in readings}
    gains = {item["id"]: item["gain"] for item in shown.body["gaps"]}
    shown.sliders = list(_sliders(start, pair, shown.meanings, gains))
    shown.shares = [_share(wired, shown, one) for one in DOMAINS]
    shown.ranking = _ranking(wired, Own(codes, moved))
    return shown


def _in_other_domains(wired: Services, asked: OwnQuestion) -> Iterator[OwnPair]:
    """Read what the sliders of the other domains began with that levels are given of."""
    begun = Own(asked.begun or asked.own.occupations, {})
    for domain in {domain_of(id_) for id_ in asked.own.ratings} - {asked.domain}:
        with suppress(LookupFailed):
            yield wired.profiles.pair(begun, asked.target, str(domain))


def _moved(
    levels: Mapping[str, float], begun: Iterable[OwnPair], known: Collection[str]
) -> dict[str, float]:
    """Return the levels whose sliders are not where they began, and those of other domains.

    What is no element that is known here is left out: a link may be of another release.
    """
    places = {
        id_: place_of(_level(pair.profile.elements.get(id_)) or 0)
        for pair in begun
        for id_ in {*pair.profile.elements, *pair.target.profile.elements}
    }
    return {
        id_: level
        for id_, level in levels.items()
        if (id_ in known or id_ in places) and level != places.get(id_)
    }


def _level(rating: ElementRating | None) -> float | None:
    """Return a level, in which Not Relevant counts as 0; None where there is no rating."""
    return None if rating is None else 0.0 if rating.not_relevant else rating.level


def _sliders(
    start: OwnPair, pair: OwnPair, known: Mapping[str, Meaning], gains: Mapping[str, float]
) -> Iterable[Slider]:
    """Return the elements that the target requires, the most important first."""
    required = [one for one in pair.target.profile.ratings if not one.not_relevant]
    for one in sorted(required, key=lambda one: (-one.importance, one.id)):
        level = _level(pair.profile.elements.get(one.id))
        yield Slider(
            one.id,
            one.name,
            known.get(one.id),
            one.importance,
            one.level,
            level,
            place_of(_level(start.profile.elements.get(one.id)) or 0),
            place_of(level or 0),
            gains.get(one.id, 0.0),
        )


def _share(wired: Services, shown: OwnShown, domain: str) -> Share:
    """Compare in a domain, where all are rated there; nothing is fetched for that."""
    asked = shown.asked
    if domain == asked.domain:
        return Share(domain, shown.body["summary"]["readiness"] if shown.body else None, True)
    rated = wired.catalogue.rated(domain, [*asked.own.occupations, asked.target]).values()
    if not all(rated):
        return Share(domain, is_rated=False if False in rated else None)
    levels = {id_: one for id_, one in asked.own.ratings.items() if domain_of(id_) == domain}
    try:
        pair = wired.profiles.pair(Own(asked.own.occupations, levels), asked.target, domain)
    except LookupFailed:
        return Share(domain)
    return Share(domain, pair.gap.readiness, True)


def _ranking(wired: Services, own: Own) -> dict[str, Any] | None:
    """Rank the next steps; None where that fails: the comparison is shown all the same."""
    levels = {id_: one for id_, one in own.ratings.items() if domain_of(id_) in PREFERRED}
    try:
        subject = wired.profiles.subject(Own(own.occupations, levels), None, TIMEOUT)
        choice = TransitionsChoice(limit=LISTED)
        body = plain(own_transitions_body(wired.transitions, subject, choice))
        return body | {"occupation": {"code": "", "title": "you"}}
    except Exception as error:  # noqa: BLE001 - logged; the comparison is there without them
        logged_problem(error)
        return None
