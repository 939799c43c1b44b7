"""The question of a page, from its query string."""

from typing import Any

from flask import request
from marshmallow import fields, validate

from app.occupations.fields import LONGEST_TITLE, TITLE_LIKE
from app.page.links import Question
from app.query_fields import DomainQuery, WholeNumber, absent
from app.transitions.choice import DIRECTIONS
from app.transitions.job_zones import HIGHEST
from onet_client.content_model import DOMAINS


class PageQuery(DomainQuery):
    """The query of the page; `swap`, whatever its value, has the occupations change places."""

    source = fields.String(load_default="", data_key="from", validate=TITLE_LIKE)
    target = fields.String(load_default="", data_key="to", validate=TITLE_LIKE)
    direction = fields.String(load_default=DIRECTIONS[0], validate=validate.OneOf(DIRECTIONS))
    job_zone = WholeNumber(1, HIGHEST, load_default=absent)
    swap = fields.String(load_default=None)


def read() -> tuple[Question, bool]:
    """Return the question, and whether the occupations are to change places.

    Raises:
        ValidationError: where a parameter cannot be used.
    """
    query: dict[str, Any] = PageQuery().load(request.args)
    swap = query.pop("swap") is not None
    return Question(**query | {side: query[side].strip() for side in ("source", "target")}), swap


def as_given() -> Question:
    """Return what the form shows again: the query, whether it can be used or not."""
    names = ("from", "to", "domain", "direction", "job_zone")
    source, target, domain, direction, job_zone = (request.args.get(name, "") for name in names)
    # HTML has no way to write a NUL.
    return Question(
        source.replace("\0", "")[:LONGEST_TITLE],
        target.replace("\0", "")[:LONGEST_TITLE],
        domain if domain in DOMAINS else DOMAINS[0],
        "from" if direction == "from" else "to",
        {str(zone): zone for zone in range(1, HIGHEST + 1)}.get(job_zone),
    )
