"""The titles that hold a word, and how near they are to a text.

A title is the set of its words, of which a rare one weighs more than a common one (inverse document
frequency: log(1 + titles / titles that hold the word)), and its head more than the others.
"""

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


class Postings:
    """Titles by their words."""

    def __init__(self, titles: Sequence[str], folded: Sequence[str]) -> None:
        """Index titles, given with their folded texts."""
        stems = {word: stem(word) for word in {word for text in folded for word in text.split()}}
        self._vocabulary = Vocabulary(set(stems.values()))
        places = {word: place for place, word in enumerate(self._vocabulary.words)}
        place_of = {word: places[stemmed] for word, stemmed in stems.items()}
        self._count = len(folded)
        numbers = (place_of[word] for text in folded for word in text.split())
        words = np.fromiter(numbers, np.int64)
        holders = np.repeat(np.arange(self._count), [len(text.split()) for text in folded])
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
        pairs_of_texts = zip(titles, folded, strict=True)
        heads = [places.get(head_of(title, text, stems), -1) for title, text in pairs_of_texts]
        posting_weights[words == np.array(heads, np.int32)[holders]] *= HEAD
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
