"""The skill gap a second time: from the text of a release, in exact fractions.

Shares nothing with the program but the contract's words, so that each is a witness of the other.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import exp, lgamma, pi, sqrt
from pathlib import Path
from typing import Any

Rows = dict[str, dict[str, str]]
"""By element, then by scale: a row of the file."""

LEVEL_GAP_UNIT = Fraction(1, 100)
FOUR_DECIMALS_UNIT = Fraction(1, 10_000)


@dataclass(frozen=True)
class Expected:
    """An element as the answer must show it; two figures are exact, as nothing is rounded here."""

    id: str
    name: str
    kind: str
    source: dict[str, Any]
    target: dict[str, Any]
    level_gap: Fraction
    priority: Fraction
    gain: Fraction
    significant: bool | None
    low_precision: bool


class Oracle:
    """Answers from the ratings of a folder, those of `Skills.txt` or of other files."""

    def __init__(self, folder: Path, *ratings: str) -> None:
        self.rows: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(dict))
        for name in ratings or ("Skills.txt",):
            with (folder / name).open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    element = self.rows[row["O*NET-SOC Code"]][row["Element ID"]]
                    element[row["Scale ID"]] = row
        with (folder / "Occupation Data.txt").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            self.titles = {row["O*NET-SOC Code"]: row["Title"] for row in reader}

    @property
    def rated(self) -> list[str]:
        """Codes with ratings, in order."""
        return sorted(self.rows)

    def required(self, source: str, target: str) -> list[Expected]:
        """Every element that the target does not call Not Relevant, by id."""
        pairs = {
            element: (self.rows[source][element], rows)
            for element, rows in sorted(self.rows[target].items())
            if element in self.rows[source] and not _not_relevant(rows)
        }
        demanded = sum(_weight(rows) * _level(rows) for _, rows in pairs.values()) or Fraction(1)
        return [_expected(element, *sides, demanded) for element, sides in pairs.items()]

    def readiness(self, source: str, target: str) -> Fraction:
        """How much of the weighted demand the source meets."""
        levels = self._weighed_levels(source)
        demanded = met = 0
        for element, (weight, level) in self._weighed_levels(target).items():
            if element in levels:
                demanded += weight * level
                met += weight * min(levels[element][1], level)
        return Fraction(met, demanded) if demanded else Fraction(1)

    @cache  # noqa: B019 - an oracle lives as long as the tests
    def _weighed_levels(self, code: str) -> dict[str, tuple[int, int]]:
        """Weight (in 400ths) and level (in 100ths) of each element: what is whole adds up fast."""
        return {
            element: (_whole(400 * _weight(rows)), _whole(100 * _level(rows)))
            for element, rows in self.rows[code].items()
        }

    @cache  # noqa: B019 - an oracle lives as long as the tests
    def _of_all(self, target: str) -> list[float]:
        return [round(float(self.readiness(one, target)), 4) for one in self.rated]

    def closer_than(self, source: str, target: str) -> float:
        """The share of all rated occupations that are less ready."""
        own = round(float(self.readiness(source, target)), 4)
        return round(sum(one < own for one in self._of_all(target)) / len(self.rated), 2)


def differences(oracle: Oracle, source: str, target: str, body: dict[str, Any]) -> list[str]:
    """Name what of an answer with `include=covered` is not what the oracle says."""
    required = oracle.required(source, target)
    gaps = [one for one in required if one.level_gap > 0]
    missing = sum(one.kind == "missing" for one in gaps)
    compared = len(oracle.rows[source].keys() & oracle.rows[target].keys())
    summary = dict(body["summary"])
    readiness, interval = summary.pop("readiness"), summary.pop("readiness_interval")
    closer = summary.pop("closer_than")
    counts = {
        "compared": compared,
        "gaps": len(gaps),
        "missing": missing,
        "higher_level": len(gaps) - missing,
    }
    covered = [one for one in required if one.level_gap <= 0]
    checks = {
        "from": body["from"] == {"code": source, "title": oracle.titles[source]},
        "to": body["to"] == {"code": target, "title": oracle.titles[target]},
        "summary": summary == counts,
        "readiness": _rounds_to(readiness, oracle.readiness(source, target), FOUR_DECIMALS_UNIT),
        "interval": interval is None or interval[0] <= readiness <= interval[1],
        "closer than": closer is None or closer == oracle.closer_than(source, target),
        "gaps": _same(gaps, body["gaps"]),
        "covered": _same(covered, body["covered"]),
        "order of gaps": _is_sorted(body["gaps"], lambda item: -item["priority"]),
        "order of covered": _is_sorted(body["covered"], lambda item: -item["to"]["importance"]),
        "incomparable": body["incomparable"] == [],
    }
    return [name for name, holds in checks.items() if not holds]


def _same(expected: Sequence[Expected], items: Sequence[dict[str, Any]]) -> bool:
    by_id = sorted(items, key=lambda item: item["id"])
    return len(expected) == len(items) and all(map(_fits, expected, by_id))


def _fits(one: Expected, item: dict[str, Any]) -> bool:
    shown = {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "from": one.source,
        "to": one.target,
        "significant": one.significant,
        "low_precision": one.low_precision,
    }
    return (
        item == shown | {name: item[name] for name in ("level_gap", "priority", "gain")}
        and _rounds_to(item["level_gap"], one.level_gap, LEVEL_GAP_UNIT)
        and _rounds_to(item["priority"], one.priority, FOUR_DECIMALS_UNIT)
        and _rounds_to(item["gain"], one.gain, FOUR_DECIMALS_UNIT)
    )


def _rounds_to(shown: float, exact: Fraction, unit: Fraction) -> bool:
    """Whether a figure is the exact one, rounded to a unit; a half may go either way."""
    written = Fraction(str(shown))
    return written % unit == 0 and abs(written - exact) <= unit / 2


def _is_sorted(items: Sequence[dict[str, Any]], key: Any) -> bool:
    return list(items) == sorted(items, key=lambda item: (key(item), item["id"]))


def _expected(element: str, source: Any, target: Any, demanded: Fraction) -> Expected:
    level_gap = _level(target) - _level(source)
    significant = _significant(level_gap, source["LV"], target["LV"])
    suppressed = (row["Recommend Suppress"] for rows in (source, target) for row in rows.values())
    return Expected(
        id=element,
        name=target["LV"]["Element Name"],
        kind="missing" if _not_relevant(source) else "higher_level",
        source=_side(source),
        target=_side(target),
        level_gap=level_gap,
        priority=_weight(target) * level_gap / 7,
        gain=_weight(target) * max(level_gap, Fraction(0)) / demanded,
        significant=significant,
        low_precision="Y" in suppressed,
    )


def _side(rows: Any) -> dict[str, Any]:
    return {
        "level": float(rows["LV"]["Data Value"]),
        "importance": float(rows["IM"]["Data Value"]),
        "not_relevant": _not_relevant(rows),
    }


def _not_relevant(rows: Any) -> bool:
    return any(row["Not Relevant"] == "Y" for row in rows.values())


def _level(rows: Any) -> Fraction:
    return Fraction(0) if _not_relevant(rows) else Fraction(rows["LV"]["Data Value"])


def _weight(rows: Any) -> Fraction:
    return (Fraction(rows["IM"]["Data Value"]) - 1) / 4


def _whole(number: Fraction) -> int:
    assert 1 == number.denominator
    return number.numerator


def _number(text: str) -> Fraction | None:
    return None if text in ("", "n/a") else Fraction(text)


def _significant(level_gap: Fraction, *levels: dict[str, str]) -> bool | None:
    """Welch's t at 95 %, by whether less than a 20th of t's distribution is further out."""
    errors, raters = ([_number(row[name]) for row in levels] for name in ("Standard Error", "N"))
    if None in (*errors, *raters) or min(raters) < 2:
        return None
    squares = [max(e, 1 / n) ** 2 for e, n in zip(errors, raters, strict=True)]
    freedom = sum(squares) ** 2 / sum(s**2 / (n - 1) for s, n in zip(squares, raters, strict=True))
    x = float(level_gap) / sqrt(sum(squares))
    return x > 1.96 and (x > 12.8 or _within(x, float(freedom)) > 0.95)


@cache
def _within(x: float, freedom: float) -> float:
    """How much of Student's t is within -x and x: Simpson's rule on its density."""
    scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(pi * freedom)
    step = x / 200
    density = [(1 + (step * at) ** 2 / freedom) ** (-(freedom + 1) / 2) for at in range(201)]
    whole = density[0] + density[-1] + 4 * sum(density[1:-1:2]) + 2 * sum(density[2:-1:2])
    return 2 * scale * whole * step / 3
