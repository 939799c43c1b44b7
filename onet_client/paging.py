"""Pages held together: a list is whole, in order and without repeats, or it is an error."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from onet_client.errors import NoData
from onet_client.interpret import Page, check_pairs
from onet_client.reply import bad
from onet_client.rows import RatingRow
from onet_client.urls import resolve

Row = TypeVar("Row")

MAX_PAGES = 500
"""Enough for a million rows at 2,000 a page, or for any one table at 200 a page."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list has been read: all that is needed to go on from there.

    Attributes:
        url: Where the page that is due is, absolute; None for the first, and after the last.
        landed: How many rows have been read.
        total: How many the list has; None before the first page.
    """

    url: str | None = None
    landed: int = 0
    total: int | None = None

    @property
    def is_end(self) -> bool:
        """Whether the list has been read to its end."""
        return self.landed == self.total


BEGINNING = Position()
"""Before the first page."""


class PageSequence(Generic[Row]):
    """Which page of a list is due, from its first URL, or from a position, to its last page.

    Attributes:
        position: How far the list has been read.
        url: Where the page that is due is; None after the last.

    Raises:
        BadReply: If a position to begin from leads to another address.
    """

    def __init__(self, base_url: str, first_url: str, position: Position = BEGINNING) -> None:
        self.position = position
        self.url: str | None = first_url
        self._base_url = base_url
        if position.is_end:
            self.url = None
        elif position.url is not None:
            self.url = resolve(base_url, first_url, position.url)

    def accept(self, page: Page[Row]) -> Page[Row]:
        """Take the page at `url`, and move on to the next.

        A page itself vouches that a next one is named exactly while rows remain, so a list
        that comes to its end here has as many rows as its total says.

        Raises:
            BadReply: If it does not begin where the last ended, changes the total, is so short
                that too many would follow, or names a next page at another address.
        """
        due = self.position.landed + 1
        if page.start != due:
            raise bad(f"a page from row {page.start} where row {due} is due")
        if self.position.total not in (None, page.total):
            raise bad("a total that changed from page to page")
        if page.next_url is not None and len(page.rows) * MAX_PAGES < page.total:
            raise bad(f"a page so short that the list would have more than {MAX_PAGES}")
        if page.next_url is None or self.url is None:
            self.url = None
        else:
            self.url = resolve(self._base_url, self.url, page.next_url)
        self.position = Position(self.url, page.end, page.total)
        return page


class DomainCheck:
    """Checks the ratings of a domain, page by page and table by table.

    Remembers which codes and elements there are, and the rows of one occupation only. Rows
    must come by occupation; their order within one is left open, since databases differ in
    how they sort element ids (2.C.10 before 2.C.2, or after it). As the rows of an
    occupation are together, one that comes twice is found all the same. After an error the
    check is spent.
    """

    def __init__(self, tables: Sequence[str], code: str | None = None) -> None:
        self._last_table = tables[-1]
        self._code = code
        self._codes: dict[str, set[str]] = {table: set() for table in tables}
        self._elements: dict[str, set[str]] = {table: set() for table in tables}
        self._current = ""
        self._pairs: list[tuple[str, str]] = []

    def accept(self, table: str, page: Page[RatingRow]) -> Page[RatingRow]:
        """Take the next page of a table, as `take` does."""
        keys = ((row.occupation_code, row.element_id, row.scale_id) for row in page.rows)
        self.take(table, keys, complete=page.next_url is None)
        return page

    def take(self, table: str, keys: Iterable[tuple[str, str, str]], *, complete: bool) -> None:
        """Take the next rows of a table: occupation code, element id and scale id of each.

        A new check that is given the rows of each table read so far, in order, is in the same
        state as the check that saw them arrive.

        Raises:
            BadReply: If rows are not sorted, an occupation's are not one for each element
                and scale, or at the end the tables do not rate the same occupations on
                different elements.
            NoData: If at the end no table has a row for the one code asked for.
        """
        for code, element, scale in keys:
            if code != self._current:
                self._begin(table, code)
            self._pairs.append((element, scale))
            self._elements[table].add(element)
        if complete:
            self._begin(table, None)
            if table == self._last_table:
                self._check_tables()

    def _begin(self, table: str, code: str | None) -> None:
        check_pairs(self._pairs)
        if code is not None:
            if code < self._current:
                raise bad("rows that are not sorted by occupation")
            self._codes[table].add(code)
        self._current, self._pairs = code or "", []

    def _check_tables(self) -> None:
        codes, elements = list(self._codes.values()), list(self._elements.values())
        if not any(codes):
            if self._code is None:
                raise bad("a domain without a rating")
            raise NoData(f"no ratings of {self._code}", status=200)
        if any(other != codes[0] for other in codes):
            raise bad("tables of one domain that do not rate the same occupations")
        if len(set().union(*elements)) != sum(map(len, elements)):
            raise bad("tables of one domain that rate the same element")
