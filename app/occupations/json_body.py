"""The occupation list and a single occupation as JSON objects."""

from collections.abc import Callable
from dataclasses import asdict
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
    """List the occupations that `q`, a title or the beginning of a code, may mean, best first.

    All by code where `q` is empty. Each is rated or not in the domain. The index is called where
    there is something to search.

    Raises:
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    text = q.strip()
    if text:
        titles = index()
        total, page = _search(catalogue, titles, domain, text, limit, offset)
        hints = {} if total else {"hint": hint(titles)}
    else:
        total, listed = catalogue.listing(domain, limit, offset)
        page, hints = [asdict(one) | {"matched": None} for one in listed], {}
    return {"total": total, "limit": limit, "offset": offset, "occupations": page, **hints}


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
