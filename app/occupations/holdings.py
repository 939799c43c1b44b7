"""How many of O*NET's occupations have ratings here, in words."""

from collections.abc import Sized
from typing import Final

from app.occupations.resolve import HINT
from cache.catalogue import Catalogue, Holding
from cache.entries.invalidation import Changes
from cache.local.once import MadeOnce
from onet_client.content_model import domain_words

SEED: Final = "flask seed latest"
BRINGS_ALL: Final = "brings all that O*NET has rated"
"""What the command `SEED` does."""
NOTHING_LISTED: Final = f"No occupation is listed here yet: `{SEED}` {BRINGS_ALL}."
"""What to do where there is nothing to find."""


def sentence(holding: Holding, domain: str) -> str:
    """Return a sentence on how many occupations have ratings of a domain here."""
    if not holding.rated:
        return f"No occupation has {domain_words(domain)} ratings here."
    release = f"O*NET {' and '.join(holding.releases)}".rstrip()
    if is_whole(holding):
        return f"{holding.rated:,} rated occupations of {release}."
    have = "has" if holding.rated == 1 else "have"
    of = f"of {holding.listed:,} occupations of {release}"
    return f"{holding.rated:,} {of} {have} {domain_words(domain)} ratings here."


def is_whole(holding: Holding) -> bool:
    """Return whether the cache knows of every occupation whether it is rated, and how."""
    return holding.rated > 0 and not holding.unknown


def hint(listed: Sized) -> str:
    """Return what to do where a text finds none of the occupations that are listed."""
    return HINT if listed else NOTHING_LISTED


class Holdings:
    """Counts the rated occupations, once while nothing changes."""

    def __init__(self, catalogue: Catalogue, changes: Changes) -> None:
        self._catalogue = catalogue
        self._changes = changes
        self._kept: dict[str, tuple[int, Holding]] = {}
        self._counts: MadeOnce[tuple[str, int | None], Holding] = MadeOnce()

    def of(self, domain: str) -> Holding:
        """Return how many occupations have ratings of a domain.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        tick = self._changes.tick_or_look()
        kept = self._kept.get(domain)
        if kept is not None and kept[0] == tick:
            return kept[1]
        holding = self._counts.share((domain, tick), lambda: self._catalogue.holding(domain))
        if tick is not None:
            self._kept[domain] = tick, holding
        return holding
