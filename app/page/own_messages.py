"""What the page of own levels says where there is nothing to compare yet, or no answer."""

from collections.abc import Mapping
from typing import Final

from app.page.asking import OwnQuestion, own_address
from app.page.links import Link, Question
from app.page.messages import (
    Explained,
    Message,
    ProblemBody,
    called,
    called_by_none,
    choices,
    not_found,
    of,
)
from app.profiles.service import Own
from onet_client.content_model import DOMAINS

OWN_FIELDS: Final = {"from": "A job you have had", "to": "The job you want"}
"""What the fields of the form are called, by parameter."""


def begins(asked: OwnQuestion) -> Message:
    """Say what is to be named first."""
    missing = [
        f"“{OWN_FIELDS[side]}”"
        for side, given in (("from", asked.own.occupations), ("to", asked.target))
        if not given
    ]
    text = (
        f"Fill in {' and '.join(missing)}: levels begin with those of the jobs that you have had, "
        "and are yours to move."
    )
    return Message("Your own levels", text)


def of_own(found: Explained, asked: OwnQuestion) -> Message:
    """Put a problem into words for who asked by own levels; see `messages.of`."""
    problem = found.body
    name, place = problem["type"].rpartition(":")[2], problem.get("occupation", "")
    if name == "invalid-parameter":
        return _invalid(problem, asked, found.rated)
    told = of(
        found._replace(body={**problem, "occupation": _side(place)}),
        Question(target=asked.target, domain=asked.domain),
    )
    near = [*problem.get("suggestions", ()), *problem.get("alternatives", ())]
    links = [Link(called(one), own_address(_with(asked, place, one["code"]))) for one in near]
    if told.links and not near:  # to skills, or to the same again
        is_elsewhere = name == "upstream-not-configured" or "not_offered" in problem
        there = asked._replace(domain=DOMAINS[0]) if is_elsewhere else asked
        links = [Link(told.links[0].text, own_address(there))]
    return told._replace(links=tuple(links))


def _invalid(problem: ProblemBody, asked: OwnQuestion, rated: Mapping[str, bool | None]) -> Message:
    """Say which texts are not understood, and offer the occupations that the first may mean."""
    faults: dict[str, str] = {}
    for one in problem["errors"]:
        faults.setdefault(_side(one["parameter"]), one["detail"])
    for place, found in problem.get("candidates", {}).items():
        links = tuple(
            Link(one.text, own_address(_with(asked, place, one.code)), one.more)
            for one in choices(found, rated)
        )
        given = asked.target if place == "to" else asked.own.occupations[_number(place)]
        if links:
            text = f"You asked for “{given}”. {faults[_side(place)]} It could be:"
            return Message("Which occupation do you mean?", text, links, faults=faults)
        said = called_by_none(given)
        faults[_side(place)] = said
        return Message(said.removesuffix("."), not_found(problem), faults=faults)
    text = " ".join(f"{OWN_FIELDS.get(side, side)}: {detail}" for side, detail in faults.items())
    return Message("This cannot be looked up", f"Check what is asked. {text}", faults=faults)


def with_fault_last(asked: OwnQuestion, problem: ProblemBody) -> OwnQuestion:
    """Return the question with the job that a problem is about last: its field comes after all."""
    places = [
        problem.get("occupation", ""),
        *[one["parameter"] for one in problem.get("errors", ())],
    ]
    at = next((_number(place) for place in places if _side(place) == "from"), None)
    texts = list(asked.own.occupations)
    if at is not None and at < len(texts):
        texts.append(texts.pop(at))
    return asked._replace(own=Own(tuple(texts), asked.own.ratings))


def _side(place: str) -> str:
    """Return the field of a place such as `from.occupations[1]`, `from[1]` or `to`."""
    return "from" if place.startswith("from") else place


def _number(place: str) -> int:
    """Return which of the occupations is at a place such as `from.occupations[1]`."""
    return int(place.partition("[")[2].rstrip("]") or 0)


def _with(asked: OwnQuestion, place: str, code: str) -> OwnQuestion:
    """Return the question with another occupation at a place."""
    if place == "to":
        return asked._replace(target=code)
    texts = list(asked.own.occupations)
    texts[_number(place)] = code
    return asked._replace(own=Own(tuple(texts), {}))
