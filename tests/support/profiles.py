"""Profiles of made-up ratings, and those of a file of a release, read without the importer."""

import csv
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from app.transitions.choice import Direction
from app.transitions.readiness import Matrix, readiness_of_all
from cache.profile import ElementRating, Profile

Row = dict[str, str]


def rating(
    element: str = "2.A.1.a",
    level: float = 3.0,
    importance: float = 3.0,
    not_relevant: bool = False,
    **other: Any,
) -> ElementRating:
    """An element as an occupation rates it, with a small error unless another is asked for."""
    values = {"name": f"Skill {element}", "level_error": 0.1, "low_precision": False}
    values |= {"level_raters": 8, "importance_error": 0.1, "importance_raters": 8} | other
    return ElementRating(
        id=element, level=level, importance=importance, not_relevant=not_relevant, **values
    )


def profile(code: str, *ratings: ElementRating) -> Profile:
    """An occupation that is rated so, with a made-up title."""
    return Profile(code, f"Keepers of {code}", {one.id: one for one in ratings})


def readiness_by_code(matrix: Matrix, code: str, direction: Direction) -> dict[str, float]:
    """What one occupation has of all others, or they of it, by the other's code."""
    return dict(zip(matrix.titles, readiness_of_all(matrix, code, direction).tolist(), strict=True))


def read_profiles(file: Path) -> dict[str, Profile]:
    """All profiles of a file of ratings, by code and without their titles."""
    return dict(_read_once(file))


@lru_cache
def _read_once(file: Path) -> dict[str, Profile]:
    rows: dict[str, dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["O*NET-SOC Code"]][row["Element ID"]][row["Scale ID"]] = row
    return {
        code: Profile(code, "", {element: _read(scales) for element, scales in elements.items()})
        for code, elements in rows.items()
    }


def _read(scales: dict[str, Row]) -> ElementRating:
    level, importance = scales["LV"], scales["IM"]
    return rating(
        level["Element ID"],
        float(level["Data Value"]),
        float(importance["Data Value"]),
        "Y" in (level["Not Relevant"], importance["Not Relevant"]),
        name=level["Element Name"],
        level_error=_number(level["Standard Error"]),
        level_raters=_number(level["N"]) and int(level["N"]),
        importance_error=_number(importance["Standard Error"]),
        importance_raters=_number(importance["N"]) and int(importance["N"]),
        low_precision="Y" in (level["Recommend Suppress"], importance["Recommend Suppress"]),
    )


def _number(text: str) -> float | None:
    return None if text in ("", "n/a") else float(text)


def drawn(one: Profile, draw: Random) -> Profile:
    """Rate an occupation anew: each figure is off by its error, 1/n at least."""

    def anew(value: float, error: float, raters: int, low: float, high: float) -> float:
        return min(high, max(low, draw.gauss(value, max(error, 1 / raters))))

    return replace(
        one,
        elements={
            element: each._replace(
                level=anew(each.level, each.level_error, each.level_raters, 0, 7),
                importance=anew(
                    each.importance, each.importance_error, each.importance_raters, 1, 5
                ),
            )
            for element, each in one.elements.items()
        },
    )
