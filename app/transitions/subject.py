"""The occupation whose transitions are asked for, read in each of the domains to compare."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.occupations.lookup import Lookup, LookupFailed
from app.occupations.provenance import Note
from cache.reading import NoRatings, Reading

if TYPE_CHECKING:  # it loads numpy, which most processes can do without
    from app.transitions.service import Transitions


class Subject(NamedTuple):
    """An occupation that is rated in one domain at least.

    Attributes:
        domains: in which it was to be read.
        readings: of its entries, in the order of the domains; those that it is not rated in, or in
            which nothing could be served, have none.
        notes: where it was read in place of an old code.
    """

    domains: tuple[str, ...]
    readings: list[Reading]
    notes: list[Note]

    @property
    def held(self) -> list[str]:
        """The domains that it has a reading in."""
        return [reading.entry.domain for reading in self.readings]

    @property
    def code(self) -> str:
        """The occupation's code."""
        return self.readings[0].entry.code


def read_subject(
    lookup: Lookup, transitions: "Transitions", text: str, domains: Sequence[str] | None
) -> Subject:
    """Read the entries of an occupation.

    A domain that it is not rated in is passed over where it is rated in another. Where the caller
    names no domains, those are skills and knowledge, as far as they are held, and one in which
    nothing can be served is passed over too.

    Raises:
        Unresolved: where the text does not name one occupation.
        LookupFailed: where there is nothing to serve.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    found, failed = [], []
    asked = transitions.asked(domains)
    for domain in asked:
        try:
            found.append(lookup.one(text, domain))
        except LookupFailed as error:
            if domains and not isinstance(error.cause, NoRatings):
                raise
            failed.append(error)
    if not found:
        raise failed[0]
    return Subject(asked, [one.reading for one in found], found[0].notes)
