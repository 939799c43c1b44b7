"""Occupations by the titles that people give them: the nearest first, whatever the spelling."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, NamedTuple

import numpy as np

from app.occupations.postings import Floats, Postings, TitleWords
from app.occupations.typed_code import as_published
from app.occupations.typed_text import read
from app.occupations.words import fold

Kind = Literal["title", "synonym", "alternate", "code"]


class Tier(IntEnum):
    """What a title is to its occupation, the strongest first."""

    OWN = 0
    ENDORSED = 1
    """An alternate title that is a synonym of ours as well."""
    SYNONYM = 2
    ALTERNATE = 3
    CONTESTED = 4
    """An alternate title that is a synonym of ours for another occupation."""


_KINDS: Final[tuple[Kind, ...]] = ("title", "alternate", "synonym", "alternate", "alternate")
# The highest score of a title of each tier. Of two as near, the first of these wins: an own title
# as written or by its words, a synonym as written, an alternate title as written.
EXACT: Final = np.array([1.0, 0.985, 0.985, 0.98, 0.98], np.float32)
BY_WORDS: Final = np.array([0.99, 0.975, 0.975, 0.97, 0.9], np.float32)
WHOLE: Final = 0.97
"""The lowest score of a title that holds the words of the text and no others."""
WELL: Final = 0.545
"""The lowest score of a first hit: below it are words by chance (a "Headache Specialist" for a
head of a school), and nothing is found."""
LEAST: Final = 0.4
"""The lowest score of a further hit."""
NEAR_BEST: Final = 0.6
"""The part of the best score from which a title adds to its occupation's score."""
BY_OTHERS: Final = 0.1
"""The part of a score below `WHOLE` that the occupation's other titles decide."""


@dataclass(frozen=True, slots=True)
class TitleHit:
    """An occupation that a text may mean.

    Attributes:
        matched: the one of its titles that is nearest to the text, or its code.
        kind: what `matched` is; a synonym is a word of ours for the occupation.
        score: nearness in four decimals, 0.4 to 1, where 1 is the occupation's own title; for a
            code the part of it that was given, 0.2 to 1.
    """

    code: str
    title: str
    matched: str
    kind: Kind
    score: float


class TitleIndex:
    """Titles, alternate titles and synonyms of all occupations; any thread may search it."""

    def __init__(
        self,
        titles: Mapping[str, str],
        alternates: Mapping[str, Iterable[str]],
        synonyms: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Index titles, alternate titles and synonyms; those of no occupation are left out.

        Args:
            titles: own titles by code.
            alternates: alternate titles by code.
            synonyms: pairs of an own title and what people type for it.
        """
        self._codes = sorted(titles)
        meant = _meant(titles, synonyms)
        typed: dict[str, list[_Row]] = {code: [] for code in self._codes}
        for row in meant.values():
            typed[row.code].append(row)
        # Row by row, since to hold all of them at once would take three times what is kept.
        words, tiers, hashes = TitleWords(), array("b"), array("q")
        self._titles: list[str] = []
        for code in self._codes:
            own = _Row(code, titles[code], fold(titles[code]), Tier.OWN)
            for row in (own, *_others(code, alternates.get(code, ()), typed[code], meant)):
                self._titles.append(row.title)
                tiers.append(row.tier)
                hashes.append(hash(row.folded))
                words.add(row.title, row.folded)
        self._tiers = np.array(tiers, np.int8)
        self._starts = np.flatnonzero(self._tiers == Tier.OWN).astype(np.int32)
        self._spread = np.sqrt(np.diff(self._starts, append=len(tiers))).astype(np.float32)
        # By hash: a dictionary of all these texts would take more memory than all else here.
        by_hash = np.array(hashes, np.int64)
        self._by_hash = np.argsort(by_hash, kind="stable").astype(np.int32)
        self._hashes = by_hash[self._by_hash]
        self._postings = Postings(words)

    def __len__(self) -> int:
        """Return how many occupations there are."""
        return len(self._codes)

    def search(self, text: str, limit: int) -> list[TitleHit]:
        """Return up to `limit` occupations, best first; each one once.

        The order is by the nearest title of each, to which its other titles add a little, then by
        how near all its titles are, then by code. A text that reads like the beginning of a code
        (`15-12`, `1512`) finds codes. Any text is taken; one that is near no title finds nothing.
        """
        code = as_published(text)
        if code is not None:
            return self._with_code(code)[:limit]
        words = read(text)
        if not words or not self._codes:
            return []
        scores: Floats = self._postings.nearness(words) * BY_WORDS[self._tiers]
        exact = self._places_of(fold(text))
        scores[exact] = EXACT[self._tiers[exact]]
        return self._best(scores, limit)

    def exact(self, text: str) -> list[str]:
        """Return the codes that a text names: by their own title, then by an alternate title.

        Texts are the same that `fold` to the same; plural and word order make a difference.
        """
        return self._codes_of(text, lambda tier: tier != Tier.SYNONYM)

    def owners(self, text: str) -> list[str]:
        """Return the codes whose own title a text is, compared as by `exact`."""
        return self._codes_of(text, lambda tier: tier == Tier.OWN)

    def synonymous(self, text: str) -> list[str]:
        """Return the code, if any, that a text is a synonym of, compared as by `exact`."""
        return self._codes_of(text, lambda tier: tier in (Tier.SYNONYM, Tier.ENDORSED))

    def _codes_of(self, text: str, wanted: Callable[[int], bool]) -> list[str]:
        found = [
            (tier != Tier.OWN, place)
            for place in self._places_of(fold(text))
            if wanted(tier := int(self._tiers[place]))
        ]
        return list(dict.fromkeys(self._codes[self._occupation_at(at)] for _, at in sorted(found)))

    def _with_code(self, beginning: str) -> list[TitleHit]:
        return [
            TitleHit(code, self._titles[start], code, "code", round(len(beginning) / len(code), 4))
            for code, start in zip(self._codes, self._starts.tolist(), strict=True)
            if code.startswith(beginning)
        ]

    def _places_of(self, folded: str) -> list[int]:
        """Return the places of the titles that fold to a text; none for an empty one."""
        if not folded:
            return []
        first, end = np.searchsorted(self._hashes, [hash(folded), hash(folded) + 1])
        places = self._by_hash[first:end].tolist()
        return [place for place in places if fold(self._titles[place]) == folded]

    def _occupation_at(self, place: int) -> int:
        return int(np.searchsorted(self._starts, place, "right")) - 1

    def _best(self, scores: Floats, limit: int) -> list[TitleHit]:
        best = np.maximum.reduceat(scores, self._starts)
        near = np.where(scores < NEAR_BEST * best.max(), 0, scores)
        support = np.add.reduceat(near, self._starts) / self._spread
        others = 1 - BY_OTHERS + BY_OTHERS * support / (float(support.max()) or 1.0)
        best = np.where(best < WHOLE, best * others, best).round(4)
        if best.max() < WELL:
            return []
        # The last key counts first; what is equal in all stays in the order of the codes.
        order = np.lexsort((-support, -best))[:limit].tolist()
        return [self._hit(at, scores, float(best[at])) for at in order if best[at] >= LEAST]

    def _hit(self, occupation: int, scores: Floats, score: float) -> TitleHit:
        start, end = [*self._starts[occupation : occupation + 2].tolist(), len(self._titles)][:2]
        place = start + int(scores[start:end].argmax())
        return TitleHit(
            code=self._codes[occupation],
            title=self._titles[start],
            matched=self._titles[place],
            kind=_KINDS[self._tiers[place]],
            score=round(score, 4),
        )


class _Row(NamedTuple):
    """A title of an occupation, its folded text, and its tier."""

    code: str
    title: str
    folded: str
    tier: Tier


def _meant(titles: Mapping[str, str], synonyms: Iterable[tuple[str, str]]) -> dict[str, _Row]:
    """Return the synonyms of occupations, by their folded text."""
    code_of = {title: code for code, title in sorted(titles.items())}
    return {
        folded: _Row(code_of[title], typed, folded, Tier.SYNONYM)
        for title, typed in synonyms
        if title in code_of
        for folded in [fold(typed)]
    }


def _others(
    code: str, alternates: Iterable[str], synonyms: Iterable[_Row], meant: Mapping[str, _Row]
) -> Iterator[_Row]:
    """Yield the alternate titles of an occupation, then its synonyms that are none of these."""
    endorsed = set()
    for title in alternates:
        folded = fold(title)
        tier = _tier(code, meant.get(folded))
        if tier == Tier.ENDORSED:
            endorsed.add(folded)
        yield _Row(code, title, folded, tier)
    yield from (row for row in synonyms if row.folded not in endorsed)


def _tier(code: str, meant: _Row | None) -> Tier:
    """Return the tier of an alternate title, given the synonym that reads the same, if any."""
    if meant is None:
        return Tier.ALTERNATE
    return Tier.ENDORSED if meant.code == code else Tier.CONTESTED
