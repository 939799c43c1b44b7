"""Elements that may be meant by an id or a name that no element has."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from cache.entries.meanings import Meaning

MOST: Final = 5
LIKE: Final = 0.75
"""How much of a text has to be the same, as difflib reckons it."""


def near(text: str, elements: Mapping[str, Meaning]) -> list[Meaning]:
    """Return up to five elements whose id or name is like a text, the likest first.

    Ids that begin with it come before those that it begins with: `2.B.3` is a group of some.
    """
    typed = text.strip().casefold()
    ids = {element.casefold(): element for element in elements}
    names = {meaning.name.casefold(): element for element, meaning in elements.items()}
    if not typed:
        return []
    found = [
        *(names[each] for each in get_close_matches(typed, names, MOST, LIKE)),
        *(ids[each] for each in ids if each.startswith(f"{typed.rstrip('.')}.")),
        *(ids[each] for each in get_close_matches(typed, ids, MOST, LIKE)),
    ]
    return [elements[element] for element in dict.fromkeys(found)][:MOST]
