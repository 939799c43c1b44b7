"""An O*NET client that says what it is told to, and counts what it is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cache.upstream import Upstream
from onet_client.deadline import Deadline
from onet_client.errors import NotConfigured
from onet_client.listed_codes import ListedCodes
from onet_client.rows import OccupationRow, RatingRow

ELEMENTS = {"2.A.1.a": "Listening to Wind", "2.A.1.b": "Reading Tides"}
TITLE = "Tide Clerks"


@dataclass
class FakeClient:
    """Stands for an `OnetClient` of an upstream that rates every occupation alike.

    Attributes:
        level: what every occupation is rated at, on every element.
        served: the release that it says it serves.
        errors: what a method raises instead of answering, by its name.
        changes: figures of every rating that differ from the usual ones.
        on_call: called with the name of the method before it answers.
        calls: the methods that were asked, each with its code.
        deadlines: what each was given.
        listed: the codes that it was seen to list.
    """

    level: str = "3.25"
    served: str = "30.3"
    errors: dict[str, Exception] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    on_call: Callable[[str], None] = lambda _method: None
    calls: list[tuple[str, str]] = field(default_factory=list)
    deadlines: list[Deadline | None] = field(default_factory=list)
    listed: ListedCodes = field(default_factory=ListedCodes)

    def release(self, *, deadline: Deadline | None = None) -> str:
        self._called("release", "", deadline)
        return self.served

    def occupation(self, code: str, *, deadline: Deadline | None = None) -> OccupationRow:
        self._called("occupation", code, deadline)
        return OccupationRow(code, TITLE, "They tide.")

    def ratings(
        self, code: str, domain: str, *, deadline: Deadline | None = None
    ) -> tuple[RatingRow, ...]:
        self._called("ratings", code, deadline)
        return tuple(
            self._rating(code, element, scale) for element in ELEMENTS for scale in ("IM", "LV")
        )

    def _rating(self, code: str, element: str, scale: str) -> RatingRow:
        values: dict[str, Any] = {
            "occupation_code": code,
            "element_id": element,
            "element_name": ELEMENTS[element],
            "scale_id": scale,
            "value": Decimal("4.1200" if scale == "IM" else self.level),
            "n": 8,
            "standard_error": Decimal("0.1637"),
            "lower_ci": None,
            "upper_ci": None,
            "recommend_suppress": False,
            "not_relevant": None,
            "date_updated": date(2025, 8, 1),
            "domain_source": "Analyst",
        }
        return RatingRow(**values | self.changes)

    def _called(self, method: str, code: str, deadline: Deadline | None) -> None:
        self.calls.append((method, code))
        self.deadlines.append(deadline)
        self.on_call(method)
        if method in self.errors:
            raise self.errors[method]


def no_upstream() -> Upstream:
    """Stand for an upstream without credentials."""
    missing = NotConfigured("ONET_API_KEY is not set")
    return Upstream(missing, "https://onet.test/", deadline=20.0)
