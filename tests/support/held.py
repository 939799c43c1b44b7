"""What a process holds: a search of all its objects, as a debugger would make it."""

import gc
import re
from collections.abc import Callable, Collection
from typing import Any

DEPTH = 4
"""How deep containers of nothing but leaves are looked into: the collector does not know them."""


def held(words: str, numbers: Collection[int]) -> list[str]:
    """The kinds of objects that hold a text or a number that is looked for, caches included.

    The words are a pattern that does not match itself, the numbers the hashes of floats: the search
    would find itself otherwise.
    """
    in_text, in_bytes = re.compile(words).search, re.compile(words.encode()).search
    tests: dict[type, Callable[[Any], bool]] = {
        str: lambda text: in_text(text) is not None,
        bytes: lambda text: in_bytes(text) is not None,
        float: lambda number: hash(number) in numbers,
    }
    # Names and the like are held by thousands of objects; each is looked at once.
    passed: set[int] = set()

    def holds(holder: Any, depth: int) -> bool:
        for one in gc.get_referents(holder):
            kind = type(one)
            if kind in tests:
                if id(one) not in passed:
                    if tests[kind](one):
                        return True
                    passed.add(id(one))
            elif kind not in (tuple, dict, frozenset) or gc.is_tracked(one):
                continue
            elif depth and holds(one, depth - 1):
                return True
        return False

    gc.collect()
    return [
        f"{type(holder).__module__}.{type(holder).__qualname__}"
        for holder in gc.get_objects()
        if holds(holder, DEPTH)
    ]
