"""Answers in JSON or CSV: who asks for which, and how the document says so."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.api.headers import Headers
from app.api.responses import VARY
from app.response_cache.negotiation import prefers_csv

View = Callable[..., Any]


def chosen_format(given: str | None) -> str:
    """Return `csv` or `json`: what a request's `format` says, if it gives one, else its Accept."""
    if given is not None:
        return given
    return "csv" if prefers_csv(request.headers.get("Accept", "")) else "json"


def answers_csv(
    blueprint: Blueprint, description: str, example: str, headers: Headers
) -> Callable[[View], View]:
    """Document that a view answers with CSV beside JSON."""
    document: Callable[[View], View] = blueprint.alt_response(
        200,
        schema={"type": "string"},
        content_type="text/csv",
        description=description,
        example=example,
        headers=headers,
    )
    return document


def vary(response: Response) -> Response:
    """Have caches keep errors apart by Accept too."""
    if response.status_code >= 400:
        response.headers.update(dict(VARY))
    return response
