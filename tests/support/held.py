"""What a process holds: a search of all its objects, as a debugger would make it."""

import gc
import re
from collections.abc import Collection, Iterator
from typing import Any

DEPTH = 4
"""How deep containers of nothing but leaves are looked into: the collector does not know them."""


def held(words: str, numbers: Collection[int]) -> list[str]:
    """The kinds of objects that hold a text or a number that is looked for, caches included.

    The words are a pattern that does not match itself, the numbers the hashes of floats: the search
    would find itself otherwise.
    """
    in_text, in_bytes = re.compile(words).search, re.compile(words.encode()).search

    def is_wanted(leaf: Any) -> bool:
        kind = type(leaf)
        if kind is str:
            return in_text(leaf) is not None
        if kind is float:
            return hash(leaf) in numbers
        return kind is bytes and in_bytes(leaf) is not None

    gc.collect()
    return [
        f"{type(holder).__module__}.{type(holder).__qualname__}"
        for holder in gc.get_objects()
        if any(map(is_wanted, _leaves(holder, DEPTH)))
    ]


def _leaves(holder: Any, depth: int) -> Iterator[Any]:
    for one in gc.get_referents(holder):
        yield one
        if depth and type(one) in (tuple, dict, frozenset) and not gc.is_tracked(one):
            yield from _leaves(one, depth - 1)
