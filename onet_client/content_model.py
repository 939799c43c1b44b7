"""Which tables hold a domain, and how their rows are asked for."""

from collections.abc import Collection, Mapping
from typing import Literal
from urllib.parse import urlencode

from onet_client.errors import BadRequest, NotOffered
from onet_client.fields import CODE
from onet_client.interpret import MAX_PAGE_ROWS

Domain = Literal["skills", "knowledge", "abilities"]

OCCUPATIONS = f"online/occupations?start=1&end={MAX_PAGE_ROWS}"
"""The first page of the list of occupations."""

NAMED_TABLES = 50
"""How many of the tables offered a message names; O*NET has about 40."""

_LAYOUTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "skills": (("skills",), ("essential_skills", "transferable_skills")),  # split since 30.3
    "knowledge": (("knowledge",),),
    "abilities": (("abilities",),),
}
_SORT = ("onetsoc_code", "element_id", "scale_id")


def check_code(code: str) -> None:
    """Accept an O*NET-SOC code.

    Raises:
        BadRequest: If it is none.
    """
    if not CODE.fullmatch(code):
        raise BadRequest("not an O*NET-SOC code such as 15-1254.00")


def check_domain(domain: str) -> None:
    """Accept the name of a domain.

    Raises:
        BadRequest: If there is none of that name.
    """
    if domain not in _LAYOUTS:
        raise BadRequest(f"no such domain; there are {', '.join(_LAYOUTS)}")


def layout(domain: str, offered: Collection[str]) -> tuple[str, ...]:
    """The tables, of those offered, that hold the domain together.

    Raises:
        NotOffered: If they are not offered; the message names what is.
    """
    for tables in _LAYOUTS[domain]:
        if set(tables) <= set(offered):
            return tables
    names = ", ".join(sorted(offered)[:NAMED_TABLES]) or "none"
    raise NotOffered(f"no table for {domain} among those offered: {names}", status=200)


def rows_path(table: str, code: str | None) -> str:
    """The first page of a table, or of one occupation's rows in it, under a fixed sort."""
    wanted = [] if code is None else [("filter", f"onetsoc_code.eq.{code}")]
    sort = [("sort", column) for column in _SORT]
    query = urlencode([("start", "1"), ("end", str(MAX_PAGE_ROWS)), *wanted, *sort])
    return f"database/rows/{table}?{query}"
