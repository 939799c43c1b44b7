"""What the page of own levels says where there is nothing to compare yet, or no answer."""

from collections.abc import Mapping
from typing import Any, Final

from app.page.links import Link
from app.page.messages import Message, called
from app.page.own_asking import OwnQuestion, own_address
from app.page.words import wait
from app.profiles.service import Own

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


def of_own(problem: Mapping[str, Any], asked: OwnQuestion, retry_after: int) -> Message:
    """Put a problem of the API into words.

    Args:
        problem: its body.
        asked: the question of the page.
        retry_after: seconds until trying again makes sense.
    """
    name = problem["type"].rpartition(":")[2]
    if name == "invalid-parameter":
        return _invalid(problem, asked)
    if "occupation" in problem:
        side = _side(problem["occupation"])
        return Message(
            "This cannot be compared", problem["detail"], (), (), {side: problem["detail"]}
        )
    if name == "internal-error":
        text = "Try again. If it stays so, tell whoever runs the service this number:"
        return Message("Something failed here", f"{text} {problem['request_id']}.")
    return Message("No answer just now", f"{problem['detail']} Try again {wait(retry_after)}.")


def _invalid(problem: Mapping[str, Any], asked: OwnQuestion) -> Message:
    """Say which texts are not understood, and offer the occupations that the first may mean."""
    faults: dict[str, str] = {}
    for one in problem["errors"]:
        faults.setdefault(_side(one["parameter"]), one["detail"])
    for place, found in problem.get("candidates", {}).items():
        links = tuple(
            Link(called(one), own_address(_with(asked, place, one["code"]))) for one in found
        )
        if links:
            given = asked.target if place == "to" else asked.own.occupations[_number(place)]
            text = f"You asked for “{given}”. {faults[_side(place)]} It could be:"
            return Message("Which occupation do you mean?", text, links, faults=faults)
    text = " ".join(f"{OWN_FIELDS.get(side, side)}: {detail}" for side, detail in faults.items())
    return Message("This cannot be looked up", f"Check what is asked. {text}", faults=faults)


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
