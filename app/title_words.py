"""The words of a title, as they are compared: without case, marks, punctuation and plural."""

import re
from typing import Final
from unicodedata import combining, normalize

LONGEST: Final = 200
"""Characters of a text that count, since normalising can lengthen one eighteenfold."""
SHORTEST_PLURAL: Final = 4

_APOSTROPHES: Final = re.compile("['\u2019]")
_WORD: Final = re.compile(r"[^\W_]+(?:\+\+|#)?")  # "C++" and "C#" are not "C"


def fold(text: str) -> str:
    """Return the words of a text with one space between, the same for texts that read the same.

    Case, marks (as in "é"), forms of a letter, apostrophes, punctuation and spaces make no
    difference; without any word it is empty.
    """
    if not text.isascii():
        # Twice, since some letters have another case only once they are taken apart.
        text = normalize("NFKD", normalize("NFKD", text[:LONGEST]).casefold())
        text = "".join(letter for letter in text if not combining(letter))
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", text[:LONGEST]).casefold()))


def stem(word: str) -> str:
    """Return a folded word without the ending of an English plural, rightly or wrongly.

    What matters is that both numbers of a word give the same (after Harman, "How effective is
    suffixing?", 1991).
    """
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1]
