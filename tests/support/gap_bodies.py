"""Bodies of `/skill-gap` and of transitions, as small as a test needs them."""

from typing import Any


def item(
    name: str,
    source: float | None,
    target: float,
    *,
    importance: float = 3.0,
    significant: bool | None = True,
    low_precision: bool = False,
) -> dict[str, Any]:
    """One element; a source of None is Not Relevant there, and published at 0.5."""
    level_gap = round(target - (source or 0), 2)
    return {
        "id": f"2.A.{name}",
        "name": name,
        "kind": "missing" if source is None else "higher_level",
        "from": {
            "level": 0.5 if source is None else source,
            "importance": 2.0,
            "not_relevant": source is None,
        },
        "to": {"level": target, "importance": importance, "not_relevant": False},
        "level_gap": level_gap,
        "priority": round((importance - 1) / 4 * level_gap / 7, 4),
        "gain": 0.05,
        "significant": significant,
        "low_precision": low_precision,
    }


def body(
    gaps: list[dict[str, Any]] | None = None,
    covered: list[dict[str, Any]] | None = None,
    *,
    readiness: float = 0.8824,
    source: str = "Kite Makers",
    target: str = "Tide Clerks",
) -> dict[str, Any]:
    """The answer of `/skill-gap?include=covered`."""
    gaps, covered = gaps or [], covered or []
    missing = sum(one["kind"] == "missing" for one in gaps)
    side = {"origin": "seed", "release": "29.0", "fetched_at": "2026-05-01T10:00:00Z"}
    side["rated"] = "2023-08"
    return {
        "from": {"code": "11-9001.00", "title": source},
        "to": {"code": "15-9002.00", "title": target},
        "domain": "skills",
        "summary": {
            "compared": 35,
            "gaps": len(gaps),
            "missing": missing,
            "higher_level": len(gaps) - missing,
            "readiness": readiness,
            "readiness_interval": [0.8673, 0.9038],
            "closer_than": 0.64,
        },
        "gaps": gaps,
        "covered": covered,
        "incomparable": [],
        "sources": {"from": side | {"state": "fresh"}, "to": side | {"state": "fresh"}},
        "attribution": "This includes information from the O*NET 29.0 Database.",
    }


def transitions(direction: str = "to") -> dict[str, Any]:
    """The answer of `/occupations/{code}/transitions`."""
    reading = {"domain": "skills", "id": "2.A.1.a", "name": "Reading Tides"}
    gap = reading | {"level_gap": 1.0, "priority": 0.1}
    writing = {"domain": "skills", "id": "2.A.1.c", "name": "Writing Waves"}
    return {
        "occupation": {"code": "11-9001.00", "title": "Kite Makers"},
        "direction": direction,
        "rank": "fit",
        "domains": ["skills"],
        "compared": 64,
        "occupations_listed": 1016,
        "job_zones": [{"zone": 2, "name": "Job Zone Two: Some Preparation Needed"}],
        "transitions": [
            {
                "code": "29-9003.00",
                "title": "Moon Painters",
                "fit": 0.85,
                "readiness": 0.9,
                "utilization": 0.8,
                "tied_with": 3,
                "job_zone": 2,
                "related": "Primary-Short",
                "gaps": [gap],
                "carries_over": [writing | {"level": 2.0, "importance": 3.5}],
            },
            {
                "code": "53-9005.00",
                "title": "Cloud Drivers",
                "fit": 0.75,
                "readiness": 0.8,
                "utilization": 0.7,
                "tied_with": None,
                "job_zone": None,
                "related": None,
                "gaps": [],
                "carries_over": [],
            },
        ],
    }
