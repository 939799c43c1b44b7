"""Elements as JSON objects."""

from collections.abc import Mapping
from typing import Any, Final

from app.elements.near import near
from app.occupations.holdings import SEED
from app.occupations.provenance import attribution_of, timestamp
from cache.entries.meanings import Meaning, Meanings
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, MEANING_TABLES, SCALES

MEMBERS: Final = {ELEMENT_TABLE: "descriptions", ANCHOR_TABLE: "anchors"}
"""What the sources of each of O*NET's tables are called."""
SCALE: Final = {"id": "LV", **SCALES["LV"]._asdict()}
QUOTED: Final = "Descriptions and level anchors are unaltered."


class ElementNotFound(Exception):
    """There is no element of that id.

    Attributes:
        candidates: elements that may be meant.
    """

    def __init__(self, text: str, candidates: list[Meaning]) -> None:
        super().__init__(text)
        self.candidates = candidates


def elements_body(meanings: Meanings, domain: str) -> dict[str, Any]:
    """List the elements of a domain, by id."""
    found = [one for one in meanings.elements.values() if one.domain == domain]
    return {
        "domain": domain,
        "total": len(found),
        "elements": [_element(one) for one in found],
        **_origin(meanings),
    }


def element_body(meanings: Meanings, element: str) -> dict[str, Any]:
    """Write one element.

    Raises:
        ElementNotFound: with those that may be meant.
    """
    found = meanings.elements.get(element)
    if found is None:
        raise ElementNotFound(element, near(element, meanings.elements))
    return {**_element(found), **_origin(meanings)}


def _element(meaning: Meaning) -> dict[str, Any]:
    anchors = meaning.anchors
    return {
        "id": meaning.id,
        "name": meaning.name,
        "domain": meaning.domain,
        "description": meaning.description,
        "scale": SCALE,
        "anchors": None if anchors is None else [anchor._asdict() for anchor in anchors],
    }


def _origin(meanings: Meanings) -> dict[str, Any]:
    """Tell where descriptions and anchors come from, and why there are none."""
    held = {table: one for table, one in meanings.sources.items() if one.rows}
    sources = {
        member: {
            "origin": held[table].origin,
            "release": held[table].release,
            "fetched_at": timestamp(held[table].at),
        }
        if table in held
        else None
        for table, member in MEMBERS.items()
    }
    origins = sorted({(one.release or "", one.origin) for one in held.values()})
    notes = _notes(meanings)
    body = {"sources": sources, "attribution": attribution_of(QUOTED, *origins)}
    return body | {"notes": notes} if notes else body


def _notes(meanings: Meanings) -> list[Mapping[str, str]]:
    notes = []
    for table, what in MEANING_TABLES.items():
        source = meanings.sources.get(table)
        if source is None:
            notes.append(
                f"No {what} are held. Loading a release that has them brings them, the one that "
                f"is loaded included: `{SEED}` does."
            )
        elif not source.rows:
            release = f"O*NET {source.release or ''}".rstrip()
            notes.append(f"What was read of {release} has no {what} that can be used.")
    return [{"text": note} for note in notes]
