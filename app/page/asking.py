"""What the page is asked: its query string."""

from typing import Any, Final

from flask import request
from marshmallow import ValidationError, fields, validate

from app.api.parameters import DomainQuery
from app.api.problem_details import invalid_parameters
from app.page.links import Asked
from cache.content import DOMAINS

LONGEST: Final = 200
"""Characters of an occupation's title or code."""
DIRECTIONS: Final = ("to", "from")

_WORDS: Final = [
    validate.Length(max=LONGEST),
    validate.ContainsNoneOf("\0", error="Holds a NUL character."),
]


class PageQuery(DomainQuery):
    """The query of the page; `swap` is there where the two occupations are to change places."""

    source = fields.String(load_default="", data_key="from", validate=_WORDS)
    target = fields.String(load_default="", data_key="to", validate=_WORDS)
    direction = fields.String(load_default=DIRECTIONS[0], validate=validate.OneOf(DIRECTIONS))
    swap = fields.String(load_default=None)


def read() -> tuple[Asked, bool]:
    """Read the query, and whether the occupations are to change places.

    Raises:
        Problem: where a parameter cannot be used.
    """
    try:
        query: dict[str, Any] = PageQuery().load(request.args)
    except ValidationError as error:
        raise invalid_parameters(error.messages_dict) from error
    swap = query.pop("swap") is not None
    return Asked(**query | {side: query[side].strip() for side in ("source", "target")}), swap


def as_given() -> Asked:
    """What the query says, whether it can be used or not, for the form to show again."""
    given = {name: request.args.get(name, "")[:LONGEST] for name in ("from", "to")}
    domain, direction = (request.args.get(name, "") for name in ("domain", "direction"))
    return Asked(
        given["from"],
        given["to"],
        domain if domain in DOMAINS else DOMAINS[0],
        direction if direction in DIRECTIONS else DIRECTIONS[0],
    )
