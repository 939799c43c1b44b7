"""The questions of both pages, from their addresses or the form of own levels."""

from typing import Any, Final, NamedTuple

from flask import request
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from app.gaps.compare import HIGHEST_LEVEL
from app.occupations.fields import LONGEST_TITLE, TITLE_LIKE, OccupationField
from app.page.links import Question, own_page
from app.profiles.ratings_file import number
from app.profiles.schema import MOST_OCCUPATIONS, RatingsField
from app.profiles.service import Own
from app.query_fields import DomainQuery, WholeNumber, absent
from app.transitions.choice import DIRECTIONS
from app.transitions.job_zones import HIGHEST
from onet_client.content_model import DOMAINS, domain_of

LEVEL: Final = "level."
"""What the name of a level in the form begins with, before the element's id."""
GO: Final = "go."
"""What the name of a button begins with whose value counts in place of that of the form."""


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
    return Question(
        _shown(source),
        _shown(target),
        domain if domain in DOMAINS else DOMAINS[0],
        "from" if direction == "from" else "to",
        {str(zone): zone for zone in range(1, HIGHEST + 1)}.get(job_zone),
    )


def _shown(text: str) -> str:
    """Return what a field shows of a text: HTML has no way to write a NUL."""
    return text.replace("\0", "")[:LONGEST_TITLE]


class OwnQuestion(NamedTuple):
    """What is asked by own levels.

    Attributes:
        own: occupations by codes or titles, and the levels that the form has, moved or not.
        target: by code or title; empty where none is named.
        begun: the occupations whose levels the sliders began with; empty for the same ones.
    """

    own: Own
    target: str
    domain: str
    begun: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether there is something to start from, and something to get to."""
        return bool(self.target and self.own.occupations)


def _occupations(name: str) -> "fields.List[Any]":
    return fields.List(
        OccupationField(),
        data_key=name,
        load_default=list,
        validate=validate.Length(max=MOST_OCCUPATIONS),
    )


class OwnForm(Schema):
    """The form, or the query, which has all of it but the levels."""

    class Meta:
        """Whatever else there is in an address is ignored."""

        unknown = EXCLUDE

    occupations = _occupations("from")
    begun = _occupations("begun")
    target = OccupationField(data_key="to", load_default="")
    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))
    levels = RatingsField()


def read_own() -> OwnQuestion:
    """Return the question.

    Raises:
        ValidationError: where a part of it cannot be used.
    """
    query = OwnForm().load(_given())
    own = Own(tuple(query["occupations"]), query["levels"])
    return OwnQuestion(own, query["target"], query["domain"], tuple(query["begun"]))


def own_as_given() -> OwnQuestion:
    """Return what the form shows again, whether it can be used or not."""
    try:
        given = _given()
    except RequestEntityTooLarge:
        given = {"from": [], "begun": [], "levels": {}}
    levels = {id_: level for id_, level in given["levels"].items() if _is_level(id_, level)}
    domain = given.get("domain")
    return OwnQuestion(
        Own(tuple(map(_shown, given["from"][:MOST_OCCUPATIONS])), levels),
        _shown(given.get("to", "")),
        domain if domain in DOMAINS else DOMAINS[0],
        tuple(given["begun"][:MOST_OCCUPATIONS]),
    )


def _is_level(id_: str, level: object) -> bool:
    return isinstance(level, float) and 0 <= level <= HIGHEST_LEVEL and bool(domain_of(id_))


def own_address(asked: OwnQuestion) -> str:
    """Return the address of the page: all that is asked but the levels, which no address has."""
    return own_page(asked.own.occupations, asked.target, asked.domain)


def _given() -> dict[str, Any]:
    """Read the form, or the query of an address, in which no level is looked for."""
    values = request.form if request.method == "POST" else request.args
    given: dict[str, Any] = {}
    for name in ("to", "domain"):
        text = values.get(f"{GO}{name}", "").strip() or values.get(name, "").strip()
        if text:
            given[name] = text
    for name in ("from", "begun"):
        given[name] = [text.strip() for text in values.getlist(name) if text.strip()]
    given["levels"] = {
        name.removeprefix(LEVEL): _level(text.strip())
        for name, text in request.form.items()
        if name.startswith(LEVEL)
    }
    return given


def _level(text: str) -> float | str:
    """Read a number, where it is one; what refuses the rest says so."""
    level = number(text)
    return text if level is None else level
