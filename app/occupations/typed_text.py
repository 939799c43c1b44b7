"""The words of a typed text or of a title, and how much each of them decides."""

import re
from typing import Final, NamedTuple

from app.occupations.words import fold, stem

MOST_WORDS: Final = 16
"""Words of a text that are read, so that no text takes long."""
LIGHT: Final = 0.1
"""How much a rank or a word of grammar decides, where an ordinary word is 1."""
HEAD: Final = 1.5
"""How much the head decides, the word that the others specify: a staff nurse is a nurse."""

# fmt: off
_RANKS: Final = frozenset((
    "apprentice", "certified", "entry", "experienced", "freelance", "graduate", "intern", "jnr",
    "jr", "junior", "level", "mid", "qualified", "senior", "snr", "sr", "temp", "temporary",
    "trainee", "trained",
))
_RANKS_BEFORE: Final = frozenset(("deputy", "head", "lead", "leader", "leading", "principal"))
"""Ranks that are an occupation where no word follows, as in "school principal"."""
_GRAMMAR: Final = frozenset((
    "a", "all", "an", "and", "at", "by", "for", "in", "my", "of", "on", "other", "the", "to",
    "with",
))
_BEGIN_TAIL: Final = frozenset((
    "at", "by", "except", "for", "from", "in", "of", "on", "to", "with",
))
# fmt: on
# Ranks that O*NET has in its titles by another name.
_REWRITTEN: Final = (
    (re.compile(r"\bhead of\b"), "manager of"),
    (re.compile(r"\bteam ?lead(er)?\b"), "supervisor"),
)
_NO_HEADS: Final = _RANKS | _GRAMMAR
_LIGHT: Final = _NO_HEADS | _RANKS_BEFORE
# What else begins a tail; a comma in a list of several ("Captains, Mates, and Pilots") does not.
_MARK: Final = re.compile(r"[,(;:]|--| - ")
_LIST: Final = re.compile(r", (?:and|or) ")


class Word(NamedTuple):
    """A stem of a text, and how much it decides."""

    stem: str
    share: float


def read(text: str) -> list[Word]:
    """Return the words that count, each once; none for a text without a word."""
    text = text.casefold()
    for pattern, instead in _REWRITTEN:
        text = pattern.sub(instead, text)
    folded = fold(text)
    stems = {word: stem(word) for word in folded.split()}
    head = stems.get(head_of(text, folded), "")
    words = list(dict.fromkeys(stems.values()))[:MOST_WORDS]
    shares = [share(word, head) for word in words]
    if max(shares, default=1.0) == LIGHT:  # nothing but ranks and grammar
        shares = [1.0] * len(words)
    return list(map(Word, words, shares))


def head_of(text: str, folded: str) -> str:
    """Return the head of a text, the word that the others specify: the last before any tail.

    "Manager of sales", "Cooks, restaurant" and "DBA (Database Administrator)" have a tail. The
    text is given with what it folds to; there is none where that is only ranks and grammar.
    """
    mark = _MARK.search(text)
    if mark and not (mark[0] == "," and _LIST.search(text)):
        folded = fold(text[: mark.start()]) or folded
    words = folded.split()
    if not _BEGIN_TAIL.isdisjoint(words[1:]):
        words = words[: next(at for at, word in enumerate(words) if at and word in _BEGIN_TAIL)]
    for word in reversed(words):
        if word not in _NO_HEADS:
            return word
    return ""


def share(word: str, head: str) -> float:
    """Return how much a stem decides among words with that head."""
    if word == head:
        return HEAD
    return LIGHT if word in _LIGHT else 1.0
