"""What callers are offered in place of an occupation that has no ratings, or does not exist."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from app.occupations.nearest import codes_near, rated_near
from cache.catalogue import Catalogue

if TYPE_CHECKING:
    from app.occupations.likeness import Likeness


class Offer(NamedTuple):
    """An occupation to go on with."""

    code: str
    title: str


class _Texts(NamedTuple):
    titles: Mapping[str, str]
    descriptions: Mapping[str, str | None]
    likeness: "Likeness"


class Alternatives:
    """Finds occupations that are near one; what it makes of their texts is kept until they change.

    Each method raises DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._texts: _Texts | None = None

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

        titles, descriptions = self._catalogue.titles(), self._catalogue.descriptions()
        texts = self._texts
        if texts is None or (titles, descriptions) != (texts.titles, texts.descriptions):
            texts = _Texts(titles, descriptions, Likeness(titles, descriptions))
            self._texts = texts
        return texts.likeness
