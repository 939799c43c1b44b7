"""What a page shows, read by what the API's views call, and what that depends on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from app.gaps.compare import GapChoice, compare
from app.gaps.json_body import gap_body, plain
from app.occupations.descriptions import Description
from app.occupations.lookup import FoundPair, LookupFailed
from app.page import examples, messages, words
from app.page.links import Link, Question, about_one
from app.problem_responses import logged_problem
from app.transitions.choice import TransitionsChoice
from app.transitions.json_body import transitions_body
from app.transitions.subject import read_subject
from app.wiring.container import Services
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.meanings import Meaning
from cache.reading import Reading
from onet_client.content_model import DOMAINS

LISTED: Final = 10
"""Transitions that a page lists."""


class Share(NamedTuple):
    """How ready an occupation is for another in a domain.

    Attributes:
        readiness: 0-1; None where that is not known here.
        is_rated: False where O*NET has not rated one of the two; None where that is not known.
    """

    domain: str
    readiness: float | None = None
    is_rated: bool | None = None


@dataclass
class Shown:
    """What a page shows.

    Attributes:
        given: the question as it was asked, by codes or titles.
        asked: the question that its form shows and its links keep, by codes where they are known.
        message: in place of an answer, or beside next steps.
        body: the answer of /skill-gap with covered elements.
        shares: how ready the one is for the other, by domain.
        ranking: the answer of /occupations/{code}/transitions; None where there is none.
        coverage: how many occupations are rated here; None where unknown or shown elsewhere.
        examples: pairs that are rated here.
        described: what O*NET tells of the occupations named, by title.
        meanings: what elements mean, by id.
        readings: entries that it is made of.
        until: when it may be another one though nothing changes; None where that can be any time.
    """

    given: Question
    asked: Question
    message: messages.Message | None = None
    body: dict[str, Any] | None = None
    shares: list[Share] = field(default_factory=list)
    ranking: dict[str, Any] | None = None
    coverage: words.Coverage | None = None
    examples: list[Link] = field(default_factory=list)
    described: dict[str, Description] = field(default_factory=dict)
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    until: datetime | None = None


def invitation(wired: Services, asked: Question) -> Shown:
    """Read what a page without a question shows: examples that are rated here, or can be."""
    shown = _begun(wired, asked, asked)
    for source, target in examples.EXAMPLES:
        pair = source[0], target[0]
        try:
            if all(wired.catalogue.rated(asked.domain, pair).values()):
                found = wired.lookup.pair(*pair, asked.domain)
                shown.examples.append(examples.example(asked, _compared(wired, found)))
                shown.readings += found.readings
            elif wired.upstream.is_configured:
                shown.examples.append(examples.example_unread(asked, source, target))
        except (LookupFailed, DatabaseUnavailable):
            shown.until = None
    return shown


def alone(wired: Services, asked: Question, codes: Mapping[str, str]) -> Shown:
    """Read what a page about one occupation shows: where it leads to, or who could come to it."""
    shown = _begun(wired, asked, about_one(asked, codes))
    shown.message = messages.half_asked(asked)
    _rank(wired, shown)
    _explain(wired, shown)
    return shown


def comparison(wired: Services, asked: Question, found: FoundPair) -> Shown:
    """Read what a page about two occupations shows."""
    source, target = found.source.profile.code, found.target.profile.code
    shown = _begun(wired, asked, asked._replace(source=source, target=target))
    if found.notes:
        shown.until = None  # what became of a code is the upstream's to say
    shown.body = _compared(wired, found)
    shown.readings += found.readings
    for domain in DOMAINS:
        if domain == asked.domain:
            share = Share(domain, shown.body["summary"]["readiness"], True)
        else:
            share = _share(wired, shown, domain)
        shown.shares.append(share)
    _rank(wired, shown)
    _explain(wired, shown)
    return shown


def _begun(wired: Services, given: Question, asked: Question) -> Shown:
    """Begin with how much is held, and with what titles mean; both may be known for now only."""
    shown = Shown(given, asked, coverage=coverage(wired, asked.domain))
    by_code = (given.source, given.target) == (asked.source, asked.target)
    if shown.coverage is not None and (by_code or wired.titles.is_current):
        shown.until = words.midnight(wired.now())
    return shown


def _compared(wired: Services, found: FoundPair) -> dict[str, Any]:
    return plain(gap_body(found, GapChoice(covered=True), wired.baseline.closer_than))


def _share(wired: Services, shown: Shown, domain: str) -> Share:
    """Compare in another domain, where both are rated there; nothing is fetched for that."""
    codes = shown.asked.source, shown.asked.target
    try:
        rated = wired.catalogue.rated(domain, codes).values()
        if not all(rated):
            return Share(domain, is_rated=False if False in rated else None)
        found = wired.lookup.pair(*codes, domain)
    except (LookupFailed, DatabaseUnavailable):
        shown.until = None
        return Share(domain)
    shown.readings += found.readings
    return Share(domain, compare(found.source.profile, found.target.profile).readiness, True)


def _rank(wired: Services, shown: Shown) -> None:
    """Read the transitions that are asked for; without them the rest is shown all the same."""
    asked = shown.asked
    code = asked.source if asked.direction == "to" else asked.target
    zones = None if asked.job_zone is None else (asked.job_zone,)
    choice = TransitionsChoice(asked.direction, job_zones=zones, limit=LISTED)
    try:
        subject = read_subject(wired.lookup, wired.transitions, code, None)
        shown.ranking = plain(transitions_body(wired.transitions, subject, choice))
        fresh = wired.transitions.fresh_until(subject.domains)
        is_whole = len(subject.readings) == len(subject.domains) and not subject.notes
        shown.readings += subject.readings
    except Exception as error:  # noqa: BLE001 - logged; the comparison is there without them
        logged_problem(error)
        fresh, is_whole = None, False
    if shown.until is not None:
        shown.until = min(fresh, shown.until) if fresh and is_whole else None


def _explain(wired: Services, shown: Shown) -> None:
    """Read what the occupations and elements shown are; without that the rest is shown."""
    named = {shown.asked.source, shown.asked.target}
    try:
        shown.meanings = meanings(wired)
        for reading in shown.readings:
            if reading.entry.code in named:
                described = wired.descriptions.of(reading.entry)
                shown.described.setdefault(reading.profile.title, described)
    except DatabaseUnavailable:
        shown.until = None


def meanings(wired: Services) -> dict[str, Meaning]:
    """Return the elements of which something is known but the name, by id."""
    known = (one for domain in DOMAINS for one in wired.elements.of(domain).values())
    return {one.id: one for one in known if one.description or one.anchors}


def coverage(wired: Services, domain: str) -> words.Coverage | None:
    """Return how much is held of a domain; None where the database is unavailable."""
    can_fetch = wired.upstream.is_configured
    try:
        return words.coverage(wired.holdings.of(domain), domain, can_fetch=can_fetch)
    except DatabaseUnavailable:
        return None
