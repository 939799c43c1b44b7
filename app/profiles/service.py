"""Reads what a profile is made of, through the cache: what API, page and commands call."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from marshmallow import ValidationError

from app.gaps.compare import Gap, compare
from app.occupations.lookup import FoundNamed, FoundOccupation, Lookup, LookupFailed
from app.occupations.provenance import Note
from app.occupations.resolve import Unresolved
from app.profiles.merge import OwnProfile, merged
from cache.profile import Profile
from cache.reading import NoRatings, NotAtHand, Reading

if TYPE_CHECKING:  # they load numpy, which most processes can do without
    from app.transitions.matrices import ReadinessMatrices
    from app.transitions.service import Transitions

TO: Final = "to"
"""The parameter of the target."""


class Own(NamedTuple):
    """What someone says of themself.

    Attributes:
        occupations: by code or title.
        ratings: levels by element id, 0-7; 0 is Not Relevant.
    """

    occupations: tuple[str, ...]
    ratings: Mapping[str, float]


class OwnPair(NamedTuple):
    """A profile that is to be compared with an occupation.

    Attributes:
        occupations: the entries that the profile is made of, each once.
        ratings: how many are given.
        readings: each entry once.
    """

    profile: OwnProfile
    occupations: list[Reading]
    ratings: int
    target: Reading
    readings: list[Reading]
    notes: list[Note]

    @property
    def gap(self) -> Gap:
        """What the target demands and the profile does not have."""
        return compare(self.profile, self.target.profile, self.profile.like)


class OwnSubject(NamedTuple):
    """A profile whose transitions are asked for.

    Attributes:
        profiles: by domain.
        occupations: the entries that they are made of, by domain.
        ratings: how many are given.
        notes: what was read in place of old codes.
    """

    profiles: Mapping[str, Profile]
    occupations: dict[str, list[Reading]]
    ratings: int
    notes: list[Note]

    @property
    def readings(self) -> list[Reading]:
        """All entries."""
        return [reading for found in self.occupations.values() for reading in found]

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the occupations by code."""
        return {one.entry.code: one.profile.title for one in self.readings}


@dataclass(frozen=True, slots=True)
class Profiles:
    """Reads profiles.

    Raises, in all methods:
        Unresolved: where a text does not name one occupation.
        LookupFailed: for an entry that has nothing to serve.
        ValidationError: for ratings of what is no element of the domains.
        DatabaseUnavailable: where the database cannot be reached or used.
    """

    lookup: Lookup
    matrices: "ReadinessMatrices"
    transitions: "Transitions"

    def pair(self, own: Own, target: str, domain: str) -> OwnPair:
        """Read a profile and the occupation that it is to be compared with."""
        found = self.lookup.named({**_places(own), TO: target}, domain)
        names = _names_of(own, found.readings[TO])
        if len(names) < len(own.ratings):
            names = self._names(domain) | names
            _check(own, names, [domain])
        return _paired(own, found, names)

    def pair_at_hand(self, own: Own, target: str, domain: str) -> OwnPair:
        """Read the same without waiting for anything.

        Raises:
            NotAtHand: where that cannot be, as where anything is to be refused.
        """
        found = self.lookup.at_hand({**_places(own), TO: target}, domain)
        names = _names_of(own, found.readings[TO])
        if len(names) < len(own.ratings):
            raise NotAtHand
        return _paired(own, found, names)

    def occupations(self, own: Own, domain: str) -> list[Reading]:
        """Read the occupations of a profile, each once."""
        return _each_once(self.lookup.named(_places(own), domain).readings.values())

    def subject(self, own: Own, domains: Sequence[str] | None, timeout: float) -> OwnSubject:
        """Read a profile in each of some domains.

        A domain in which nothing is given is passed over, and so is one in which nothing can be
        served where the caller names no domains.

        Args:
            own: what it is made of.
            domains: None for skills and knowledge, as far as they are held.
            timeout: seconds to wait for each domain.
        """
        asked = self.transitions.asked(domains)
        names = {domain: self._names(domain) for domain in asked}
        occupations, notes = self._occupations(own, asked, timeout, is_strict=bool(domains))
        for domain, readings in occupations.items():
            names[domain] |= {one.id: one.name for r in readings for one in r.profile.ratings}
        _check(own, {id_ for each in names.values() for id_ in each}, asked)
        profiles = {}
        for domain in asked:
            ratings = {id_: one for id_, one in own.ratings.items() if id_ in names[domain]}
            read = [one.profile for one in occupations[domain]]
            if read or ratings:
                profiles[domain] = merged(read, ratings, names[domain])
        read_in = {domain: occupations[domain] for domain in profiles}
        return OwnSubject(profiles, read_in, len(own.ratings), notes)

    def _occupations(
        self, own: Own, domains: Sequence[str], timeout: float, *, is_strict: bool
    ) -> tuple[dict[str, list[Reading]], list[Note]]:
        """Read the occupations in each domain; one that has nothing in any of them is an error."""
        given = _places(own)
        found: dict[str, list[Reading]] = {}
        notes: dict[str, Note] = {}
        failed: dict[str, BaseException] = {}
        served = set()
        for domain in domains:
            each = self.lookup.each(given, domain, timeout)
            unresolved = [one for one in each.values() if isinstance(one, Unresolved)]
            if unresolved:
                raise Unresolved.together(unresolved)
            for place, one in each.items():
                if isinstance(one, FoundOccupation):
                    served.add(place)
                    notes |= {note.parameter: note for note in one.notes}
                elif not isinstance(one, LookupFailed) or (
                    is_strict and not isinstance(one.cause, NoRatings)
                ):
                    raise one
                else:
                    failed.setdefault(place, one)
            found[domain] = _each_once(
                one.reading for one in each.values() if isinstance(one, FoundOccupation)
            )
        for place, error in failed.items():
            if place not in served:
                raise error
        return found, list(notes.values())

    def _names(self, domain: str) -> dict[str, str]:
        """Return the names of the elements that any occupation held is rated on."""
        return dict(self.matrices.snapshot(domain).matrix.names)


def _places(own: Own) -> dict[str, str]:
    return {f"from.occupations[{at}]": text for at, text in enumerate(own.occupations)}


def _names_of(own: Own, reading: Reading) -> dict[str, str]:
    """Return the names of the elements that someone rates, as far as an occupation has them."""
    elements = reading.profile.elements
    return {id_: elements[id_].name for id_ in own.ratings if id_ in elements}


def _paired(own: Own, found: FoundNamed, names: Mapping[str, str]) -> OwnPair:
    """Merge what was read for a profile, and put it beside its target."""
    readings = _each_once(found.readings.values())
    to = found.readings.pop(TO)
    occupations = _each_once(found.readings.values())
    profile = merged([one.profile for one in occupations], own.ratings, names)
    return OwnPair(profile, occupations, len(own.ratings), to, readings, found.notes)


def _each_once(readings: Iterable[Reading]) -> list[Reading]:
    return list({reading.entry.code: reading for reading in readings}.values())


def _check(own: Own, known: Collection[str], domains: Sequence[str]) -> None:
    """Refuse ratings of elements that are not known."""
    said = f"No element of {' or '.join(domains)} that is known here."
    wrong = {id_: [said] for id_ in own.ratings if id_ not in known}
    if wrong:
        raise ValidationError({"from": {"ratings": wrong}})
