"""The words of titles that a typed word may stand for."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from app.occupations.words import with_person

EDITS: Final = ((12, 3), (8, 2), (4, 1))
"""Edits allowed for a word of at least so many letters; a swap of two letters is one edit.

None for three letters: most of those are acronyms, and a near one means another thing.
"""
MOST_EDITS: Final = 3
MOST_ALIKE: Final = 60
"""Words that one word may stand for by edits."""
SHORTEST_HALF: Final = 3
OTHER_START_ALONE: Final = 7
OTHER_START: Final = 5
"""Letters that a word has at least where its first one may be wrong, which is rare: as the whole
text, and where other words have to be found as well."""

# Likeness of a word that begins so (the last one may be unfinished), and of two in one.
BEGUN_LAST: Final = 0.85
BEGUN: Final = 0.75
JOINED: Final = 0.95
REAL: Final = 0.7
"""Factor of another word's likeness where the typed word is known as well."""


class Run(NamedTuple):
    """Neighbours in the alphabet that a typed word may stand for.

    Attributes:
        likeness: 0 to 1, where 1 is the same word.
    """

    likeness: float
    first: int
    end: int


class Vocabulary:
    """Words in alphabetical order, where those that begin alike are neighbours."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words)
        self._places = {word: place for place, word in enumerate(self.words)}

    def runs(self, words: list[str]) -> list[tuple[int, list[Run]]]:
        """Return the runs that each word, by its place, may stand for, the least like first.

        A word like no other counts as two where it can be cut into two (`datascientist`), and two
        neighbours as one that reads like both together (`data base`).
        """
        found = self._alike(words)
        for place, word in enumerate(words):
            last = place == len(words) - 1
            if last or len(word) > 1:
                found[place] += self._begun(word, BEGUN_LAST if last else BEGUN)
            if last and not found[place]:
                found[place] += self._same(with_person(word), BEGUN_LAST)
        for place, (word, following) in enumerate(pairwise(words)):
            joined = self._same(word + following, JOINED)
            found[place] += joined
            found[place + 1] += joined
        return [
            (place, sorted(runs))
            for place, word in enumerate(words)
            for runs in ([found[place]] if found[place] else self._halves(word) or [[]])
        ]

    def _same(self, word: str, likeness: float = 1.0) -> list[Run]:
        place = self._places.get(word)
        return [] if place is None else [Run(likeness, place, place + 1)]

    def _begun(self, beginning: str, likeness: float) -> list[Run]:
        first = bisect_left(self.words, beginning)
        end = bisect_left(self.words, beginning + chr(0x10FFFF), first)
        return [Run(likeness, first, end)] if end > first else []

    def _halves(self, word: str) -> list[list[Run]]:
        for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
            halves = [self._same(half, JOINED) for half in (word[:cut], word[cut:])]
            if all(halves):
                return halves
        return []

    def _alike(self, words: list[str]) -> list[list[Run]]:
        """Return each word itself, if known, and the nearest words within few edits."""
        distances = cdist(
            words, self.words, scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.uint8
        )
        alone, found = len(words) == 1, []
        for word, row in zip(words, distances, strict=True):
            known = REAL if word in self._places else 1.0
            near = np.flatnonzero((row > 0) & (row <= edits_allowed(word))).tolist()
            runs = [
                Run(known * (1 - edits / max(len(word), len(other))), place, place + 1)
                for place in near
                if _may_mean(
                    word, other := self.words[place], edits := int(row[place]), alone=alone
                )
            ]
            found.append([*sorted(runs)[-MOST_ALIKE:], *self._same(word)])
        return found


def edits_allowed(word: str) -> int:
    """Return how many edits away a word may be from the one it stands for, 0 to 3."""
    return next((edits for length, edits in EDITS if len(word) >= length), 0)


def _may_mean(word: str, other: str, edits: int, *, alone: bool) -> bool:
    """Return whether a word so many edits away may be meant: the first letter is seldom wrong."""
    if word[0] == other[0]:
        return True
    shortest = OTHER_START_ALONE if alone else OTHER_START
    return edits == 1 and (len(word) >= shortest or word[1::-1] == other[:2])
