"""What a case found: a table, what was asked of it, and every round behind it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One figure with the bound that it is asked to keep, such as at least 0.8.

    Attributes:
        what: the figure in words, with what it is a ratio of.
        found: as measured.
    """

    what: str
    database: str
    found: float
    side: Literal["at least", "at most"]
    bound: float
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure keeps its bound."""
        return self.found >= self.bound if self.side == "at least" else self.found <= self.bound


@dataclass(slots=True)
class Report:
    """What one case found.

    Attributes:
        columns: the names of the table's columns, units included.
        rows: a cell for each column; None is not measured.
        notes: sentences that a reader of the table needs.
        rounds: every single measurement, as measured.
    """

    case: str
    title: str
    columns: Sequence[str]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is written to a file, each check with whether it is met."""
        checks = [asdict(check) | {"met": check.met} for check in self.checks]
        return asdict(self) | {"checks": checks}


def shown(value: Cell) -> str:
    """Write a cell: whole numbers from 100 on, else three significant digits."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if value == 0 or abs(value) >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.3g}"
