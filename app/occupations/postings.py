"""The titles that hold a word, and how near they are to a text.

A title is the set of its words, of which a rare one weighs more than a common one (inverse document
frequency: log(1 + titles / titles that hold the word)), and its head more than the others.
"""

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.occupations.typed_text import HEAD, Word, head_of, share
from app.occupations.vocabulary import Vocabulary
from app.occupations.words import stem

Floats = NDArray[np.float32]

BY_TEXT: Final = 0.6
"""The part of the nearness for the words of the text; the rest is for how much of the title they
are."""


class TitleWords:
    """The words of titles, taken in one title after the other, in little memory."""

    def __init__(self) -> None:
        self.places: dict[str, int] = _Places()
        """Of each word, in the order in which they were met."""
        self.words = array("i")
        """The words of all titles, by their places."""
        self.lengths = array("i")
        """How many words each title has."""
        self.heads = array("i")
        """The head of each title, by its place; -1 where it has none."""

    def add(self, title: str, folded: str) -> None:
        """Take in a title, given with its folded text."""
        words = folded.split()
        self.words.extend([self.places[word] for word in words])
        self.lengths.append(len(words))
        self.heads.append(self.places.get(head_of(title, folded), -1))


class _Places(dict[str, int]):
    """Gives each word that is looked up the next place."""

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        return place


class Postings:
    """Titles by their words."""

    def __init__(self, titles: TitleWords) -> None:
        """Index titles by what was taken in of them."""
        stems = [stem(word) for word in titles.places]
        self._vocabulary = Vocabulary(set(stems))
        places = {word: place for place, word in enumerate(self._vocabulary.words)}
        # One more, for the head of a title that has none.
        place_of = np.array([*(places[each] for each in stems), -1], np.int64)
        self._count = len(titles.lengths)
        words = place_of[np.array(titles.words, np.int32)]
        holders = np.repeat(np.arange(self._count), np.array(titles.lengths, np.int32))
        # Each word of a title once, one word of the vocabulary after the other.
        pairs = np.sort(words * self._count + holders)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        words, holders = np.divmod(pairs, max(self._count, 1))
        counts = np.bincount(words, minlength=len(places))
        self._weights = np.log1p(self._count / np.maximum(counts, 1)).astype(np.float32)
        # The weight of a word that no title holds: the average of the words of titles.
        self._unknown = float(self._weights[words].mean()) if len(words) else 0.0
        shares = np.array([share(word, "") for word in self._vocabulary.words], np.float32)
        posting_weights = (self._weights * shares)[words]
        heads = place_of[np.array(titles.heads, np.int32)]
        posting_weights[words == heads[holders]] *= HEAD
        whole = np.bincount(holders, weights=posting_weights, minlength=self._count)
        self._whole = np.maximum(whole, np.log1p(1)).astype(np.float32)
        # The titles that hold a word, and its weight in each: those of one word after the other.
        self._holders, self._posting_weights = holders.astype(np.int32), posting_weights
        self._bounds = [0, *np.cumsum(counts).tolist()]

    def nearness(self, words: Sequence[Word]) -> Floats:
        """Return how near each title is to the words of a text, 0 to 1; 1 is all of both."""
        in_text = np.zeros(self._count, np.float32)
        in_title = np.zeros(self._count, np.float32)
        all_words = 0.0
        for at, runs in self._vocabulary.runs([word.stem for word in words]):
            likeness = np.zeros(self._count, np.float32)
            found = np.zeros(self._count, np.float32)
            weight = self._unknown
            for run in runs:  # a run that is more like the word comes later, and replaces others
                postings = slice(self._bounds[run.first], self._bounds[run.end])
                likeness[self._holders[postings]] = run.likeness
                found[self._holders[postings]] = run.likeness * self._posting_weights[postings]
                weight = float(self._weights[run.first : run.end].min())
            weight *= words[at].share
            in_text += weight * likeness
            in_title += found
            all_words += weight
        if not all_words:
            return in_text
        # At most 1, since two words of the text can stand for the same one of the title.
        part = np.minimum(in_title / self._whole, 1)
        near: Floats = in_text / np.float32(all_words) * (BY_TEXT + (1 - BY_TEXT) * part)
        return near
