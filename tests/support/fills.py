"""What an upstream says of an occupation, ready to be published."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from support.clock import START

from cache.entries import publish_fill
from cache.entries.canonical import Figures
from cache.entries.publish_fill import Fill
from cache.fill.leases import Lease, Leases

CODE = "15-9002.00"
NAMES = {"2.A.1.a": "Listening to Wind", "2.A.1.b": "Reading Tides"}


def figures(element: str, scale: str, value: str, **other: Any) -> Figures:
    """A rating with every figure given, unless another is asked for."""
    return Figures(
        **{
            "element_id": element,
            "scale_id": scale,
            "value": value,
            "n": 8,
            "standard_error": "0.1637",
            "lower_ci": "1.0001",
            "upper_ci": "4.9999",
            "recommend_suppress": False,
            "not_relevant": False,
            "date_updated": START.date().replace(day=1),
            "domain_source": "Analyst",
        }
        | other
    )


def rated(code: str = CODE, level: str = "3.2500", **other: Any) -> Fill:
    """An occupation rated on two elements, both at one level."""
    ratings = [
        figures(element, scale, value)
        for element in NAMES
        for scale, value in (("LV", level), ("IM", "4.1200"))
    ]
    said = {"title": "Tide Clerks", "names": NAMES, "figures": ratings}
    return fill(code, "rated", **said | other)


def fill(code: str = CODE, state: Any = "unknown", **other: Any) -> Fill:
    """Whatever the upstream says, by default that there is no such occupation."""
    return Fill(
        **{
            "domain": "skills",
            "code": code,
            "state": state,
            "release": "30.3",
            "source_url": "https://onet.test/",
            "fetched_at": START,
            "expires_at": START + timedelta(seconds=100),
        }
        | other
    )


def publish(engine: Engine, said: Fill, lease: Lease | None = None) -> None:
    """Publish it as a fill does, under a lease that it was made under, or takes now."""
    lease = lease or Leases(engine, engine, 60.0).acquire(said.domain, said.code, uuid4().hex)
    assert lease is not None
    publish_fill.publish(engine, said, lease.generation, lease.owner)
