"""What a ranking is scored against: O*NET's related occupations, and moves that were observed."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

GAINS = {"Primary-Short": 3.0, "Primary-Long": 2.0, "Supplemental": 1.0}
"""What a related occupation is worth, by its tier."""
MAJOR_GROUPS = tuple(range(11, 54, 2))
"""The first two digits of the SOC, but for the military."""


def related(catalogue: Any, codes: Sequence[str]) -> np.ndarray:
    """Read the gain of each occupation (column) for each other one (row); 0 where unrelated."""
    places = {code: place for place, code in enumerate(codes)}
    gains = np.zeros((len(codes), len(codes)))
    for row, code in enumerate(codes):
        for other, tier in catalogue.related(code).items():
            if other in places and other != code:
                gains[row, places[other]] = GAINS.get(tier, 1.0)
    return gains


def groups(codes: Sequence[str]) -> np.ndarray:
    """Return of each occupation in which of the 22 major groups it is; -1: in none."""
    known = {group: place for place, group in enumerate(MAJOR_GROUPS)}
    return np.array([known.get(int(code[:2]), -1) for code in codes])


def moves(file: Path) -> np.ndarray | None:
    """Read how much more often people move from one group to another than movers do at large.

    The file has weighted counts of the Current Population Survey, by month, origin and
    destination, of which those within a group, from or to none, are left out.

    Returns:
        Lifts, origins in rows; None where there is no such file.
    """
    if not file.is_file():
        return None
    counts: Mapping[tuple[int, int], float] = defaultdict(float)
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            pair = row["origin_state"], row["destination_state"]
            if all(one.startswith("occ22_") for one in pair) and pair[0] != pair[1]:
                origin, destination = (int(one[6:]) - 1 for one in pair)
                counts[origin, destination] += float(row["weighted_transition_count"])  # type: ignore[index]
    table = np.zeros((len(MAJOR_GROUPS), len(MAJOR_GROUPS)))
    for at, count in counts.items():
        table[at] = count
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    return np.divide(table, expected, out=np.zeros_like(table), where=expected > 0)
