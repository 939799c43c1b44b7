"""The occupation list and a single occupation as JSON objects."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from app.occupations.descriptions import Descriptions
from app.occupations.holdings import hint
from app.occupations.lookup import FoundOccupation
from app.occupations.provenance import attribution, noted, source, timestamp
from app.occupations.titles import rated_first
from cache.catalogue import Catalogue

if TYPE_CHECKING:  # it loads numpy, which most processes can do without
    from app.occupations.title_index import TitleIndex

MOST_HITS: Final = 200
"""Occupations that a search finds; who needs more had better say more."""


def occupations_body(
    catalogue: Catalogue,
    index: Callable[[], "TitleIndex"],
    *,
    domain: str,
    q: str,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    """List the occupations that `q` may mean, best first, or all by code.

    Args:
        catalogue: the occupation list.
        index: gives the titles; it is called where there is something to search.
        domain: in which an occupation is rated or not.
        q: a title or the beginning of a code; empty for all.
        limit: how many to list.
        offset: how many to leave out before.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    text = q.strip()
    hints = {}
    if text:
        titles = index()
        total, page = _search(catalogue, titles, domain, text, limit, offset)
        hints = {} if total else {"hint": hint(titles)}
    else:
        total, page = _all(catalogue, domain, limit, offset)
    return {"total": total, "limit": limit, "offset": offset, "occupations": page, **hints}


def _all(
    catalogue: Catalogue, domain: str, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    total, page = catalogue.listing(domain, limit, offset)
    return total, [
        {"code": one.code, "title": one.title, "rated": one.rated, "matched": None} for one in page
    ]


def _search(
    catalogue: Catalogue, index: "TitleIndex", domain: str, text: str, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    hits = index.search(text, MOST_HITS)
    rated = catalogue.rated(domain, [hit.code for hit in hits]) if hits else {}
    page = rated_first(hits, rated)[offset : offset + limit]
    return len(hits), [
        {
            "code": hit.code,
            "title": hit.title,
            "rated": rated[hit.code],
            "matched": {"kind": hit.kind, "text": hit.matched},
        }
        for hit in page
    ]


def occupation_body(descriptions: Descriptions, found: FoundOccupation) -> dict[str, Any]:
    """Write an occupation, its ratings in a domain, and the state of the entry.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    entry, profile = found.reading.entry, found.reading.profile
    described = descriptions.of(entry)
    body = {
        "code": profile.code,
        "title": profile.title,
        "description": described.text,
        "job_zone": described.job_zone,
        "job_zone_name": described.job_zone_name,
        "url": described.url,
        "domain": entry.domain,
        "ratings": [
            {
                "id": one.id,
                "name": one.name,
                "level": one.level,
                "importance": one.importance,
                "level_standard_error": one.level_error,
                "not_relevant": one.not_relevant,
                "low_precision": one.low_precision,
            }
            for _, one in sorted(profile.elements.items())
        ],
        "cache": source(found.reading)
        | {
            "expires_at": None if entry.expires_at is None else timestamp(entry.expires_at),
            "rows": entry.row_count,
            "content_hash": entry.content_hash,
            "source_url": entry.source_url,
        },
        "attribution": attribution([found.reading]),
    }
    return noted(body, found.notes)
