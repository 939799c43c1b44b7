"""A fake client whose upstream lists some occupations and rates most of them, table by table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from support.fake_client import ELEMENTS, TITLE, FakeClient

from onet_client.deadline import Deadline
from onet_client.errors import NoData, UnknownCode
from onet_client.paging import DomainCheck, Position
from onet_client.rows import OccupationRow, RatingRow

RATED = [f"11-{number}.00" for number in range(1001, 1008)]
EMPTY = ["53-9005.00", "55-9006.00"]
PAGE_ROWS = 8
PAGES = 4
"""Seven occupations, four rows each."""


@dataclass
class FakeTables(FakeClient):
    """Adds what whole tables are read by to the fake client, with real checks of the rows.

    Attributes:
        rated: the codes that have ratings; `empty` those that are listed without any.
    """

    rated: Sequence[str] = field(default_factory=lambda: list(RATED))
    empty: Sequence[str] = field(default_factory=lambda: list(EMPTY))

    @property
    def requests(self) -> list[str]:
        """The methods that were asked."""
        return [method for method, _ in self.calls]

    def occupation(self, code: str, *, deadline: Deadline | None = None) -> OccupationRow:
        found = super().occupation(code, deadline=deadline)
        if code not in (*self.rated, *self.empty):
            raise UnknownCode("no")
        return found

    def ratings(
        self, code: str, domain: str, *, deadline: Deadline | None = None
    ) -> tuple[RatingRow, ...]:
        found = super().ratings(code, domain, deadline=deadline)
        if code in self.empty:
            raise NoData("none")
        return found

    def occupations(self, *, deadline: Deadline | None = None) -> tuple[OccupationRow, ...]:
        self._called("occupations", "", deadline)
        return tuple(OccupationRow(code, TITLE, None) for code in (*self.rated, *self.empty))

    def domain_tables(self, domain: str, *, deadline: Deadline | None = None) -> tuple[str, ...]:
        self._called("tables", "", deadline)
        return (domain,)

    def table_pages(
        self,
        table: str,
        position: Position,
        check: DomainCheck,
        *,
        deadline: Deadline | None = None,
    ) -> Iterator[tuple[tuple[RatingRow, ...], Position]]:
        while not position.is_end:
            self._called("page", str(position.landed), deadline)
            rows = [
                self._rating(code, element, scale)
                for code in self.rated
                for element in ELEMENTS
                for scale in ("IM", "LV")
            ]
            page = rows[position.landed : position.landed + PAGE_ROWS]
            landed = position.landed + len(page)
            keys = ((row.occupation_code, row.element_id, row.scale_id) for row in page)
            check.take(table, keys, complete=landed == len(rows))
            url = None if landed == len(rows) else f"https://onet.test/{landed}"
            position = Position(url, landed, len(rows))
            yield tuple(page), position
