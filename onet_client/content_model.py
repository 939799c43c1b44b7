"""O*NET's content model: the one list of domains, with their tables, elements and scales.

A domain is one entry of `DOMAIN_TABLES`; what can be compared, seeded, filled and asked for
follows from it. Every command reads this module, so it imports the standard library alone.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from onet_client.errors import BadRequest, NotOffered

DOMAIN_TABLES: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    "skills": ({"skills": "2."}, {"essential_skills": "2.A.", "transferable_skills": "2.B."}),
    "knowledge": ({"knowledge": "2.C."},),
    "abilities": ({"abilities": "1.A."},),
}
"""The layouts of each domain: its tables, each with how the ids of its elements begin.

The first layout has one table; a second one is how O*NET split it (skills, release 30.3). In a
text release each table is a file that is named after it: see `file_name`.
"""

DOMAINS: Final = tuple(DOMAIN_TABLES)
"""What can be compared. The first is the one that is meant where none is named."""

LIST_TABLES: Final[Mapping[str, tuple[tuple[str], ...]]] = {
    "alternate titles": (("alternate_titles",), ("job_titles",)),  # renamed in release 30.3
    "job zones": (("job_zones",),),
    "job zone names": (("job_zone_reference",),),
    "related occupations": (("related_occupations",),),
}
"""What a release may list beside ratings: the one table of each, under every name it has had."""

OCCUPATION_TABLE: Final = "occupation_data"
ELEMENT_TABLE: Final = "content_model_reference"
SCALE_TABLE: Final = "scales_reference"
ANCHOR_TABLE: Final = "level_scale_anchors"

MEANING_TABLES: Final[Mapping[str, str]] = {
    ELEMENT_TABLE: "element descriptions",
    ANCHOR_TABLE: "level anchors",
}
"""What tells what elements and their levels mean: tables, each with what it holds."""


class RatingScale(NamedTuple):
    """A scale of ratings, with its lowest and highest value."""

    name: str
    minimum: int
    maximum: int


SCALES: Final[Mapping[str, RatingScale]] = {
    "LV": RatingScale("Level", 0, 7),
    "IM": RatingScale("Importance", 1, 5),
}
"""The scales that every element of a domain is rated on, from the O*NET Scales Reference."""

OCCUPATION_CODE: Final = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}")
"""An O*NET-SOC code such as 15-1254.00, to be matched in full."""

ELEMENT_ID: Final = re.compile(r"(?!.{21})[0-9](\.[0-9A-Za-z]{1,3}){1,6}")
"""The id of an element such as 2.A.1.a, at most 20 characters, to be matched in full."""

_PREFIXES: Final = tuple(
    (prefix, domain)
    for domain, layouts in DOMAIN_TABLES.items()
    for prefix in layouts[-1].values()  # the finest: `2.` is that of knowledge, too
)

NAMED_TABLES: Final = 50
"""How many of the tables offered a message names; O*NET has about 40."""


def table_title(table: str) -> str:
    """The title of a table, or of a column, by its id, such as Essential Skills."""
    return table.replace("_", " ").title()


def domain_words(domain: str) -> str:
    """Name a domain as sentences do, such as work activities."""
    return domain.replace("_", " ")


def file_name(table: str) -> str:
    """The file of a text release that holds a table, such as `Essential Skills.txt`."""
    return f"{table_title(table)}.txt"


def domain_of(element: str) -> str | None:
    """The domain that an element, or a group of some, belongs to by its id; None for others."""
    found = (domain for prefix, domain in _PREFIXES if element.startswith(prefix))
    return next(found, None)


def check_code(code: str) -> None:
    """Accept an O*NET-SOC code.

    Raises:
        BadRequest: If it is none.
    """
    if not OCCUPATION_CODE.fullmatch(code):
        raise BadRequest("not an O*NET-SOC code such as 15-1254.00")


def check_domain(domain: str) -> None:
    """Accept the name of a domain.

    Raises:
        BadRequest: If there is none of that name.
    """
    if domain not in DOMAINS:
        raise BadRequest(f"no such domain; there are {', '.join(DOMAINS)}")


def tables_of(domain: str, offered: Collection[str]) -> tuple[str, ...]:
    """The tables, of those offered, that hold the domain together.

    Raises:
        NotOffered: If they are not offered; the message names what is.
    """
    for layout in DOMAIN_TABLES[domain]:
        if set(layout) <= set(offered):
            return tuple(layout)
    names = ", ".join(sorted(offered)[:NAMED_TABLES]) or "none"
    raise NotOffered(f"{NotOffered.BEGINS}{domain} among those offered: {names}", status=200)
