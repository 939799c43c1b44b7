"""Occupations by the titles that people give them: the nearest first, whatever the spelling.

A title is the set of its words, of which a rare one says more than a common one (inverse document
frequency: log(1 + titles / titles that hold the word)).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.title_vocabulary import Vocabulary
from app.title_words import fold, stem

Kind = Literal["title", "alternate", "code"]
Floats = NDArray[np.float32]

MOST_WORDS: Final = 16
"""Words of a text that count, so that no text takes long."""
BY_TEXT: Final = 0.6
"""The part of the score for the words of the text; the rest is how much of the title they are."""
# The most that a title scores, so that of two as near the first of these wins.
EXACT_TITLE, TITLE, EXACT_ALTERNATE, ALTERNATE = 1.0, 0.99, 0.98, 0.97
LEAST: Final = 0.4
"""The lowest score of a hit."""
NEAR_BEST: Final = 0.8
"""The part of the best score from which titles of an occupation speak for it in a tie."""

_CODE: Final = re.compile(r"[0-9]{2}(-[0-9]{0,4}(\.[0-9]{0,2})?)?")


@dataclass(frozen=True, slots=True)
class TitleHit:
    """An occupation that a text may mean.

    Attributes:
        matched: the one of its titles that is nearest to the text, or its code.
        kind: what `matched` is.
        score: nearness in four decimals, 0.4 to 1, where 1 is the occupation's own title; for a
            code the part of it that was given, 0.3 to 1.
    """

    code: str
    title: str
    matched: str
    kind: Kind
    score: float


class TitleIndex:
    """Titles and alternate titles of all occupations; any thread may search it."""

    def __init__(self, titles: Mapping[str, str], alternates: Iterable[tuple[str, str]]) -> None:
        """Index titles by code, and pairs of code and alternate title.

        A pair whose code has no title is left out.
        """
        groups = {code: [titles[code]] for code in sorted(titles)}
        for code, title in alternates:
            if code in groups:
                groups[code].append(title)
        self._codes = list(groups)
        # An occupation's own title, its alternate titles, the next occupation's own title.
        self._titles = [title for group in groups.values() for title in group]
        ends = np.cumsum([len(group) for group in groups.values()], dtype=np.int32)
        self._starts = ends - np.array([len(group) for group in groups.values()], np.int32)
        folded = [fold(title) for title in self._titles]
        # By hash: a dictionary of all these texts would take more memory than all else here.
        hashes = np.fromiter(map(hash, folded), np.int64, len(folded))
        self._by_hash = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes = hashes[self._by_hash]
        self._index_words(folded)

    def _index_words(self, folded: list[str]) -> None:
        stems = {word: stem(word) for text in folded for word in text.split()}
        self._vocabulary = Vocabulary(set(stems.values()))
        places = {word: place for place, word in enumerate(self._vocabulary.words)}
        place_of = {word: places[stemmed] for word, stemmed in stems.items()}
        held = [{place_of[word] for word in text.split()} for text in folded]
        sizes = [len(words) for words in held]
        words = np.fromiter((word for words in held for word in words), np.int32, sum(sizes))
        titles = np.repeat(np.arange(len(held), dtype=np.int32), sizes)
        counts = np.bincount(words, minlength=len(places))
        weights = np.log1p(len(held) / np.maximum(counts, 1)).astype(np.float32)
        # Which titles hold a word, one word of the vocabulary after the other.
        self._holders = titles[np.argsort(words, kind="stable")]
        self._weights = np.repeat(weights, counts)
        self._bounds = [0, *np.cumsum(counts).tolist()]
        self._rarest = float(weights.max(initial=0))
        whole = np.bincount(titles, weights=weights[words], minlength=len(held))
        self._whole = np.maximum(whole, np.log1p(1)).astype(np.float32)

    def search(self, text: str, limit: int) -> list[TitleHit]:
        """Return up to `limit` occupations, best first; each one once.

        As near, an own title comes before an alternate one; then comes the occupation whose own
        title is nearer, then whose titles say it more often, then the lower code. A text that
        reads like the beginning of a code (`15-12`) finds codes. Any text will do; one without a
        word finds nothing.
        """
        if _CODE.fullmatch(text.strip()):
            return self._with_code(text.strip())[:limit]
        folded = fold(text)
        words = list(dict.fromkeys(map(stem, folded.split())))[:MOST_WORDS]
        if not words or not self._vocabulary.words:
            return []
        scores = self._scores(words)
        for place in self._places_of(folded):
            scores[place] = EXACT_TITLE if self._is_own(place) else EXACT_ALTERNATE
        return self._best(scores, limit)

    def exact(self, text: str) -> list[str]:
        """Return the codes that a text names: by their own title, then by an alternate title.

        What makes no difference to `fold` makes none here; plural and word order do.
        """
        places = sorted(self._places_of(fold(text)), key=lambda at: (not self._is_own(at), at))
        return list(dict.fromkeys(self._codes[self._occupation_at(at)] for at in places))

    def owners(self, text: str) -> list[str]:
        """Return the codes whose own title a text is, as `exact` takes it."""
        own = [place for place in self._places_of(fold(text)) if self._is_own(place)]
        return [self._codes[self._occupation_at(place)] for place in own]

    def _with_code(self, beginning: str) -> list[TitleHit]:
        return [
            TitleHit(code, self._titles[start], code, "code", round(len(beginning) / len(code), 4))
            for code, start in zip(self._codes, self._starts.tolist(), strict=True)
            if code.startswith(beginning)
        ]

    def _places_of(self, folded: str) -> list[int]:
        """Where the titles stand that fold to a text; without a word it names nothing."""
        if not folded:
            return []
        first, end = np.searchsorted(self._hashes, [hash(folded), hash(folded) + 1])
        places = self._by_hash[first:end].tolist()
        return [place for place in places if fold(self._titles[place]) == folded]

    def _occupation_at(self, place: int) -> int:
        return int(np.searchsorted(self._starts, place, "right")) - 1

    def _is_own(self, place: int) -> bool:
        return int(self._starts[self._occupation_at(place)]) == place

    def _best(self, scores: Floats, limit: int) -> list[TitleHit]:
        best = np.maximum.reduceat(scores, self._starts)
        near = scores >= max(NEAR_BEST * best.max(), LEAST)
        saying = np.add.reduceat(near, self._starts, dtype=np.int32)
        # The last key counts first; what is equal in all stays in the order of the codes.
        order = np.lexsort((-saying, -scores[self._starts], -best))[:limit].tolist()
        return [self._hit(at, scores) for at in order if best[at] >= LEAST]

    def _hit(self, occupation: int, scores: Floats) -> TitleHit:
        start, end = [*self._starts[occupation : occupation + 2].tolist(), len(self._titles)][:2]
        place = start + int(scores[start:end].argmax())
        return TitleHit(
            code=self._codes[occupation],
            title=self._titles[start],
            matched=self._titles[place],
            kind="title" if place == start else "alternate",
            score=round(float(scores[place]), 4),
        )

    def _scores(self, words: list[str]) -> Floats:
        """How near each title is, 0 to 0.99 in four decimals."""
        in_text = np.zeros(len(self._titles), np.float32)
        in_title = np.zeros(len(self._titles), np.float32)
        all_words = 0.0
        for runs in self._vocabulary.runs(words):
            likeness = np.zeros(len(self._titles), np.float32)
            found = np.zeros(len(self._titles), np.float32)
            weight = self._rarest
            for run in runs:  # what is more like it comes later and takes the place
                held = slice(self._bounds[run.first], self._bounds[run.end])
                likeness[self._holders[held]] = run.likeness
                found[self._holders[held]] = run.likeness * self._weights[held]
                weight = float(self._weights[held].min())
            in_text += weight * likeness
            in_title += found
            all_words += weight
        # At most 1, since two words of the text can stand for the same one of the title.
        part = np.minimum(in_title / self._whole, 1)
        near = in_text / all_words * (BY_TEXT + (1 - BY_TEXT) * part)
        scores: Floats = near * np.float32(ALTERNATE)
        scores[self._starts] = near[self._starts] * np.float32(TITLE)
        return scores.round(4)
