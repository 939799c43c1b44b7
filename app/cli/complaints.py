"""What a command says where there is no answer, and what may be asked for instead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import click
from marshmallow import ValidationError

from app.cli.base import AS_JSON
from app.cli.screen import print_json
from app.occupations.lookup import LookupFailed
from app.occupations.resolve import Unresolved
from app.problems import Problem
from app.transitions.job_zones import JobZoneNotHeld
from app.wiring.container import services
from cache.db.unavailable import DatabaseUnavailable

ANSWERED: Final = (
    LookupFailed,
    Unresolved,
    ValidationError,
    JobZoneNotHeld,
    DatabaseUnavailable,
)
"""The errors that the API has a problem for."""


@contextmanager
def complaining(names: Mapping[str, str], form: str | None = None) -> Iterator[None]:
    """End a command that is asked for what cannot be answered, as the API would say it.

    Args:
        names: what the command calls the API's parameters, where that differs.
        form: what the answer was to be printed in; as JSON the problem is printed, too.

    Raises:
        click.ClickException: with the problem's detail, and what may be meant instead.
    """
    try:
        yield
    except ANSWERED as error:
        problem = problem_of(error)
        if form == AS_JSON:
            print_json(problem.body())
        raise click.ClickException(complaint(problem, names)) from error


def problem_of(error: Exception) -> Problem:
    """Return the problem for an error; that of the database where that is asked in vain for it."""
    problems = services().problems()
    try:
        return problems.of(error)
    except DatabaseUnavailable as unavailable:
        return problems.of(unavailable)


def complaint(problem: Problem, names: Mapping[str, str]) -> str:
    """Say what the matter is, and in a line each what may be meant, or asked for instead.

    Parameters are called by the `names` that the command has for them.
    """
    told = problem.members
    if "errors" in told:
        first = " ".join(
            f"{names.get(one['parameter'], one['parameter'])}: {one['detail']}"
            for one in told["errors"]
        )
    else:
        side = told.get("occupation", "")
        first = problem.reason.replace(f"(`{side}`)", f"({names.get(side, side)})")
    found = [
        (f"{names.get(side, side)} could be", one)
        for side, candidates in told.get("candidates", {}).items()
        for one in candidates
    ]
    found += [("near it is", one) for one in told.get("suggestions", [])]
    found += [("rated is", one) for one in told.get("alternatives", [])]
    first = f"{first} {told.get('hint', '')}".rstrip()
    return "\n".join([first, *(f"  {said} {_listed(one)}" for said, one in found)])


def _listed(one: Mapping[str, str]) -> str:
    """Name an occupation, with the title that it was found by where that is another."""
    matched = one.get("matched", one["title"])
    also = "" if matched == one["title"] else f" (matched: {matched})"
    return f"{one['code']} {one['title']}{also}"
