"""What a command says where there is no answer, and what may be asked for instead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from marshmallow import ValidationError

from app.occupations.lookup import LookupFailed
from app.occupations.resolve import Unresolved
from app.transitions.job_zones import JobZoneNotHeld
from app.wiring.container import services


@contextmanager
def complaining(names: Mapping[str, str]) -> Iterator[None]:
    """End a command that is asked for what cannot be answered, as the API would say it.

    Args:
        names: what the command calls the API's parameters, where that differs.

    Raises:
        click.ClickException: with the problem's detail, and what may be meant instead.
    """
    try:
        yield
    except (LookupFailed, Unresolved, ValidationError, JobZoneNotHeld) as error:
        problem = services().problems().of(error)
        said = complaint({"detail": problem.detail, **problem.members}, names)
        raise click.ClickException(said) from error


def complaint(problem: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say what the matter is, and in a line each what may be meant, or asked for instead.

    Args:
        problem: members of a problem, its detail or its errors among them.
        names: what the command calls the problem's parameters, where that differs.
    """
    if "errors" in problem:
        first = " ".join(
            f"{names.get(one['parameter'], one['parameter'])}: {one['detail']}"
            for one in problem["errors"]
        )
    else:
        side = problem.get("occupation", "")
        first = problem["detail"].replace(f"(`{side}`)", f"({names.get(side, side)})")
    found = [
        (f"{names.get(side, side)} could be", one)
        for side, candidates in problem.get("candidates", {}).items()
        for one in candidates
    ]
    found += [("near it is", one) for one in problem.get("suggestions", [])]
    found += [("rated is", one) for one in problem.get("alternatives", [])]
    first = f"{first} {problem.get('hint', '')}".rstrip()
    return "\n".join([first, *(f"  {said} {_listed(one)}" for said, one in found)])


def _listed(one: Mapping[str, str]) -> str:
    """Name an occupation, with the title that it was found by where that is another."""
    matched = one.get("matched", one["title"])
    also = "" if matched == one["title"] else f" (matched: {matched})"
    return f"{one['code']} {one['title']}{also}"
