"""What the page is asked: its query string."""

from typing import Any

from flask import request
from marshmallow import fields, validate

from app.occupations.fields import LONGEST_TITLE, TITLE_LIKE
from app.page.links import Asked
from app.query_fields import DomainQuery, WholeNumber, absent
from app.transitions.job_zones import HIGHEST
from app.transitions.schema import DIRECTIONS
from onet_client.content_model import DOMAINS


class PageQuery(DomainQuery):
    """The query of the page; `swap` is there where the two occupations are to change places."""

    source = fields.String(load_default="", data_key="from", validate=TITLE_LIKE)
    target = fields.String(load_default="", data_key="to", validate=TITLE_LIKE)
    direction = fields.String(load_default=DIRECTIONS[0], validate=validate.OneOf(DIRECTIONS))
    job_zone = WholeNumber(1, HIGHEST, load_default=absent)
    swap = fields.String(load_default=None)


def read() -> tuple[Asked, bool]:
    """Read the query, and whether the occupations are to change places.

    Raises:
        ValidationError: where a parameter cannot be used.
    """
    query: dict[str, Any] = PageQuery().load(request.args)
    swap = query.pop("swap") is not None
    return Asked(**query | {side: query[side].strip() for side in ("source", "target")}), swap


def as_given() -> Asked:
    """What the query says, whether it can be used or not, for the form to show again."""
    # HTML has no way to write a NUL.
    given = {
        name: request.args.get(name, "").replace("\0", "")[:LONGEST_TITLE]
        for name in ("from", "to")
    }
    domain, job_zone = (request.args.get(name, "") for name in ("domain", "job_zone"))
    return Asked(
        given["from"],
        given["to"],
        domain if domain in DOMAINS else DOMAINS[0],
        "from" if request.args.get("direction") == "from" else "to",
        next((zone for zone in range(1, HIGHEST + 1) if str(zone) == job_zone), None),
    )
