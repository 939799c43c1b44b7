"""Our own words for occupations: trades, health, public service, computing, slang and acronyms.

They are general knowledge, British and American, and belong to no release.
"""

from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_suffix(".tsv")


def read_synonyms() -> list[tuple[str, str]]:
    """Read pairs of an occupation's own title and what people type for it, in the file's order."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(own, typed) for own, words in pairs for typed in words.split(", ")]
