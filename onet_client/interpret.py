"""What a reply of status 200 means: its headers and body to rows, or an error.

Pure, and total: whatever the two hold, a function here returns what it says or raises a
`BadReply`. Nothing is asked, logged or waited for. The shapes follow the reference manual
of O*NET Web Services; what the manual leaves open is checked, not assumed.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marshmallow import Schema, ValidationError

from onet_client.reply import MAX_PAGE_ROWS, ApiVersion, Reply, bad, json_document
from onet_client.rows import (
    AnchorRow,
    AnchorRowSchema,
    DescriptionRow,
    DescriptionRowSchema,
    EnvelopeSchema,
    ListedOccupationSchema,
    OccupationReportSchema,
    OccupationRow,
    RatingRow,
    RatingSchema,
    TableSchema,
)

Row = TypeVar("Row")

_RELEASE = re.compile(r"(?<![0-9.])[0-9]{1,3}\.[0-9]{1,2}(?!\.?[0-9])")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list.

    Attributes:
        rows: What it holds, none twice, and none only where the whole list is empty.
        start: Place of the first in the whole list, from 1.
        end: Place of the last; 0 where the list is empty.
        total: How many the whole list has.
        next_url: Where the following page is, as the upstream wrote it; None on the last.
    """

    rows: tuple[Row, ...]
    start: int
    end: int
    total: int
    next_url: str | None


def release(reply: Reply) -> str:
    """The database release named by `/about`, such as 30.3."""
    database = _object(json_document(reply)).get("database")
    name = database.get("name") if isinstance(database, dict) else None
    found = _RELEASE.search(name) if isinstance(name, str) else None
    if found is None:
        raise bad("database.name names no release")
    return found[0]


def tables(reply: Reply, api: ApiVersion) -> tuple[str, ...]:
    """The ids of the tables listed by `/database`: an array, which 1.9 may wrap as `table`."""
    document = json_document(reply)
    if api == "1.9" and isinstance(document, dict):
        document = _object(document).get("table")
    found: tuple[str, ...] = tuple(item["table_id"] for item in _validated(_TABLE, document))
    _check_unique(found)
    return found


def occupation(reply: Reply, code: str) -> OccupationRow:
    """The occupation of `/online/occupations/<code>/`, which has to be the one asked for."""
    [item] = _validated(_OCCUPATION, [_object(json_document(reply))])
    if item["code"] != code:
        raise bad("another occupation than the one asked for")
    return OccupationRow(**item)


def occupations(reply: Reply, api: ApiVersion) -> Page[OccupationRow]:
    """A page of `/online/occupations`."""
    document = _object(json_document(reply))
    items = _validated(_LISTED_OCCUPATION, document.get("occupation"))
    found = tuple(OccupationRow(**item, description=None) for item in items)
    _check_unique(occupation.code for occupation in found)
    return _page(document, found, api)


def successors(reply: Reply, code: str) -> tuple[OccupationRow, ...]:
    """The successors of the code by `/taxonomy/...`, without descriptions."""
    document = _object(json_document(reply))
    if document.get("code") != code:
        raise bad("the successors of another code than the one asked for")
    items = _validated(_LISTED_OCCUPATION, document.get("occupation"))
    _check_unique(item["code"] for item in items)
    return tuple(OccupationRow(**item, description=None) for item in items)


def ratings(reply: Reply, api: ApiVersion, code: str | None = None) -> Page[RatingRow]:
    """A page of `/database/rows/<table>`; with a code, of rows of that occupation alone."""
    document = _object(json_document(reply))
    found = tuple(RatingRow(**item) for item in _validated(_RATING, document.get("row")))
    if code is not None and any(rating.occupation_code != code for rating in found):
        raise bad("a row of another occupation than the one asked for")
    _check_unique((r.occupation_code, r.element_id, r.scale_id) for r in found)
    return _page(document, found, api)


def descriptions(reply: Reply, api: ApiVersion) -> Page[DescriptionRow]:
    """A page of the table of descriptions of elements, those that nobody rates included."""
    document = _object(json_document(reply))
    found = tuple(DescriptionRow(**item) for item in _validated(_DESCRIPTION, document.get("row")))
    _check_unique(row.element_id for row in found)
    return _page(document, found, api)


def anchors(reply: Reply, api: ApiVersion) -> Page[AnchorRow]:
    """A page of the table of anchors, those of other scales than the level included."""
    document = _object(json_document(reply))
    found = tuple(AnchorRow(**item) for item in _validated(_ANCHOR, document.get("row")))
    _check_unique((row.element_id, row.scale_id, row.level) for row in found)
    return _page(document, found, api)


def check_pairs(keys: Sequence[tuple[str, str]]) -> None:
    """Accept the (element, scale) pairs of one occupation if each element has both scales.

    Raises:
        BadReply: If one is missing, or there twice.
    """
    _check_unique(keys)
    importances = {element for element, scale in keys if scale == "IM"}
    if importances != {element for element, scale in keys if scale == "LV"}:
        raise bad("an element that is not rated on both scales")


_DESCRIPTION, _ANCHOR = DescriptionRowSchema(), AnchorRowSchema()
_TABLE, _RATING, _ENVELOPE = TableSchema(), RatingSchema(), EnvelopeSchema()
_OCCUPATION, _LISTED_OCCUPATION = OccupationReportSchema(), ListedOccupationSchema()


def _object(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise bad("not a JSON object")
    if "error" in document:
        raise bad("an error in place of data")
    return document


def _validated(schema: Schema, items: object) -> Sequence[dict[str, Any]]:
    if not isinstance(items, list):
        raise bad("no list where one is due")
    if len(items) > MAX_PAGE_ROWS:
        raise bad(f"more than {MAX_PAGE_ROWS} items")
    try:
        loaded: Sequence[dict[str, Any]] = schema.load(items, many=True)
    except ValidationError as error:
        faults: dict[Any, Any] = error.messages_dict  # by item, then by field
    else:
        return loaded
    # Raised out here, since the library's error would bring all the items along as context.
    item = min(faults)
    field, messages = next(iter(faults[item].items()))
    raise bad(f"item {item + 1}, {field}: {messages[0]}")


def _check_unique(keys: Iterable[Hashable]) -> None:
    seen = list(keys)
    if len(set(seen)) != len(seen):
        raise bad("the same item twice")


def _page(document: dict[str, Any], found: tuple[Row, ...], api: ApiVersion) -> Page[Row]:
    [envelope] = _validated(_ENVELOPE, [document])
    page = Page(found, **envelope, next_url=_next(document, api))
    if len(found) != page.end - page.start + 1 or not 1 <= page.start <= page.end + 1:
        raise bad("not as many rows as from start to end")
    if page.end > page.total or (not found and page.total):
        raise bad("start, end and total contradict each other")
    if (page.next_url is not None) != (page.end < page.total):
        raise bad("a next page exactly where total leaves none, or none where it leaves some")
    return page


def _next(document: dict[str, Any], api: ApiVersion) -> str | None:
    """The next page's address: `next` in 2.0, the link whose `rel` is next in 1.9."""
    found = [document.get("next")]
    if api == "1.9":
        links = document.get("link") or []
        if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
            raise bad("link is not a list of links")
        found = [link.get("href", "") for link in links if link.get("rel") == "next"] or [None]
    if len(found) > 1 or not isinstance(found[0], str | None):
        raise bad("the next page's address is unclear")
    return found[0]
