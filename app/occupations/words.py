"""The words of a title as they are compared: without case, accents, punctuation and plural."""

import re
from typing import Final
from unicodedata import combining, normalize

LONGEST: Final = 200
"""Characters of a text that are read, since normalising can lengthen one eighteenfold."""
SHORTEST_PLURAL: Final = 4

_LETTERS_JOINED: Final = re.compile(r"(?<![^\W_])([^\W\d_]) ?& ?([^\W\d_])(?![^\W_])")
# "C++" and "C#" are not "C", "R&D" is one word, and ".NET" is no net.
_WORD: Final = re.compile(
    r"(?<![^\W_])[^\W\d_]&[^\W\d_](?![^\W_])|\.net(?![^\W_])|[^\W_]+(?:\+\+|#)?"
)
# British letters of a word, and the American ones that most titles have.
# fmt: off
_SPELLINGS: Final = {
    "adviser": "advisor", "aesth": "esth", "aluminium": "aluminum", "anaesth": "anesth",
    "archaeo": "archeo", "catalogue": "catalog", "centre": "center", "colour": "color",
    "counsell": "counsel", "defence": "defense", "dietician": "dietitian", "draught": "draft",
    "enquir": "inquir", "fibre": "fiber", "gynaec": "gynec", "haem": "hem", "harbour": "harbor",
    "jeweller": "jeweler", "jewellery": "jewelry", "labour": "labor", "licence": "license",
    "modell": "model", "mould": "mold", "operative": "operator", "paed": "ped", "plough": "plow",
    "theatre": "theater", "travell": "travel", "tyre": "tire",
}
# fmt: on
_BRITISH: Final = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_PERSONS: Final = ("woman", "women", "person", "people", "lady")
_PERSON: Final = re.compile(f"(?<=..)(?:{'|'.join(_PERSONS)}|men)$")
_BEGUN_PERSON: Final = re.compile(
    f"(?<=..)(?:{'|'.join(each[:cut] for each in _PERSONS for cut in range(1, len(each)))})$"
)


def fold(text: str) -> str:
    """Return the words of a text with one space between, the same for texts that read the same.

    Case, accents, forms of a letter, apostrophes, punctuation and spaces make no difference; a
    text without a word folds to nothing. Symbols that change a word stay: "C#", "C++", ".NET",
    "R&D".
    """
    if not text.isascii():
        # Twice, since some letters have another case only once they are taken apart.
        text = normalize("NFKD", normalize("NFKD", text[:LONGEST]).casefold())
        text = "".join(letter for letter in text if not combining(letter))
    text = text[:LONGEST].replace("'", "").replace("\u2019", "").casefold()
    if "&" in text:
        text = _LETTERS_JOINED.sub(r"\1&\2", text)
    return " ".join(_WORD.findall(text))


def stem(word: str) -> str:
    """Return the form of a folded word that is the same for its number, sex and spelling.

    An ending like that of an English plural goes, whether it is one or not (after Harman, "How
    effective is suffixing?", 1991); a postwoman is a postman, and a labourer a laborer.
    """
    singular = _PERSON.sub("man", _singular(word))
    return _BRITISH.sub(lambda british: _SPELLINGS[british[0]], singular)


def with_person(word: str) -> str:
    """Return the form of a person's word that is typed so far, such as salesman of `salespers`."""
    return _BEGUN_PERSON.sub("man", word)


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1]
