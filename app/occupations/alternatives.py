"""What callers are offered in place of an occupation that has no ratings, or does not exist."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from app.occupations.nearest import codes_near, rated_near
from cache.catalogue import Catalogue

if TYPE_CHECKING:
    from app.occupations.likeness import Likeness

Texts = tuple[Mapping[str, str], Mapping[str, str | None]]
"""Titles and descriptions, by code."""


class Offer(NamedTuple):
    """An occupation to go on with."""

    code: str
    title: str


class Alternatives:
    """Finds occupations that are near one; what it makes of their texts is kept until they change.

    Each method raises DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._made: tuple[Texts, Likeness] | None = None

    def rated(self, code: str, domain: str, without: Collection[str] = ()) -> list[Offer]:
        """Offer occupations that have ratings in a domain, in place of one that is listed."""
        rated = self._catalogue.titles(rated_in=domain)
        related, likeness = self._catalogue.related(code), self._likeness().of(code)
        found = rated_near(code, set(rated).difference(without), related, likeness)
        return [Offer(each, rated[each]) for each in found]

    def codes(self, code: str) -> list[Offer]:
        """Offer occupations whose code may be meant by one that none has."""
        titles = self._catalogue.titles()
        return [Offer(each, titles[each]) for each in codes_near(code, titles)]

    def _likeness(self) -> "Likeness":
        from app.occupations.likeness import Likeness

        texts = self._catalogue.titles(), self._catalogue.descriptions()
        made = self._made
        if made is None or made[0] != texts:
            made = self._made = texts, Likeness(*texts)
        return made[1]
