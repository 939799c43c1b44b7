"""Text releases of any size, made up: to see what grows with the data."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.made_up_release import RATING_HEADER

NAME = "29.0"
ELEMENTS = 35
"""Skills that O*NET rates for each occupation."""
DIGITS = "abcdefghijklmnopqrstuvwxyz"


def codes(number: int) -> list[str]:
    """Return so many occupation codes, in order."""
    return [f"{11 + at // 9000}-{1000 + at % 9000:04}.00" for at in range(number)]


def elements(number: int) -> list[str]:
    """Return so many identifiers of skills."""
    found = []
    for at in range(number):
        rest, last = divmod(at, 26)
        major, minor = divmod(rest, 26)
        found.append(f"2.{'AB'[at % 2]}.{1 + major}.{DIGITS[minor]}.{DIGITS[last]}")
    return found


def rating_lines(occupations: Sequence[str], skills: Sequence[str]) -> Iterator[str]:
    """Yield the rating rows of everything, the same for the same size."""
    figures = random.Random(29)
    for code in occupations:
        for skill in skills:
            row = f"{code}\t{skill}\tSkill {skill}"
            for scale, low, high in (("IM", 100, 500), ("LV", 0, 700)):
                value = figures.randint(low, high) / 100
                rest = "8\t0.1250\t\t\tN\tN\t08/2023\tAnalyst"
                yield f"{row}\t{scale}\t{value:.2f}\t{rest}"


def write(folder: Path, occupations: int, skills: int = ELEMENTS) -> Path:
    """Write a complete release of so many rated occupations; return its folder."""
    folder.mkdir()
    all_codes = codes(occupations)
    files = {
        "Read Me": [f"O*NET {NAME} Database"],
        "Occupation Data": [
            "O*NET-SOC Code\tTitle\tDescription",
            *(f"{code}\tWorkers of {code}\tThey do." for code in all_codes),
        ],
        "Scales Reference": [
            "Scale ID\tScale Name\tMinimum\tMaximum",
            "IM\tImportance\t1\t5",
            "LV\tLevel\t0\t7",
        ],
        "Skills": [RATING_HEADER, *rating_lines(all_codes, elements(skills))],
    }
    for stem, lines in files.items():
        (folder / f"{stem}.txt").write_text("\n".join([*lines, ""]))
    return folder
