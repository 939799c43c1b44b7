"""What a word that someone typed may stand for, among the words that titles hold."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

EDITS: Final = ((9, 3), (4, 2), (3, 1))
"""How many edits a word of at least so many letters may be away; a swap of two counts as one."""
MOST_EDITS: Final = 3
MOST_ALIKE: Final = 60
"""Words that one word may stand for by edits."""
SHORTEST_HALF: Final = 3

# How like a word is that begins so (the last one may still be being typed), or is two in one.
BEGUN_LAST: Final = 0.85
BEGUN: Final = 0.75
JOINED: Final = 0.95


class Run(NamedTuple):
    """Neighbouring words, by the alphabet, that a word may stand for.

    Attributes:
        likeness: 0 to 1, where 1 is the same word.
    """

    likeness: float
    first: int
    end: int


class Vocabulary:
    """Words by their place in the alphabet, where those that begin alike are neighbours."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(words)
        self._places = {word: place for place, word in enumerate(self.words)}

    def runs(self, words: list[str]) -> list[list[Run]]:
        """Return what each word may stand for, least like first.

        A word like no other counts as two where it can be cut in two words (`datascientist`), and
        two neighbours as one that reads like both (`data base`).
        """
        found = self._alike(words)
        for place, word in enumerate(words):
            last = place == len(words) - 1
            if last or len(word) > 1:
                found[place] += self._begun(word, BEGUN_LAST if last else BEGUN)
        for place, (word, following) in enumerate(pairwise(words)):
            for run in self._same(word + following, JOINED):
                found[place].append(run)
                found[place + 1].append(run)
        return [
            sorted(runs)
            for place, word in enumerate(words)
            for runs in ([found[place]] if found[place] else self._halves(word) or [[]])
        ]

    def _same(self, word: str, likeness: float = 1.0) -> Iterator[Run]:
        place = self._places.get(word)
        if place is not None:
            yield Run(likeness, place, place + 1)

    def _begun(self, beginning: str, likeness: float) -> Iterator[Run]:
        first = bisect_left(self.words, beginning)
        end = bisect_left(self.words, beginning + chr(0x10FFFF), first)
        if end > first:
            yield Run(likeness, first, end)

    def _halves(self, word: str) -> list[list[Run]]:
        for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
            halves = [list(self._same(half, JOINED)) for half in (word[:cut], word[cut:])]
            if all(halves):
                return halves
        return []

    def _alike(self, words: list[str]) -> list[list[Run]]:
        """Return for each word itself, if there, and the nearest few edits away."""
        distances = cdist(
            words, self.words, scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.uint8
        )
        found = []
        for word, row in zip(words, distances, strict=True):
            near = np.flatnonzero(row <= edits_allowed(word)).tolist()
            runs = (
                Run(1 - int(row[place]) / max(len(word), len(self.words[place])), place, place + 1)
                for place in near
            )
            found.append(sorted(runs)[-MOST_ALIKE:])
        return found


def edits_allowed(word: str) -> int:
    """Return how many edits a word may be away from what it stands for, 0 to 3."""
    return next((edits for length, edits in EDITS if len(word) >= length), 0)
