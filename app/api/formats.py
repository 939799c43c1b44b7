"""Answers in JSON or CSV: who asks for which."""

from flask import Response
from flask.globals import request_ctx

from app.api.responses import VARY
from app.response_cache.negotiation import prefers_csv


def chosen_format(given: str | None) -> str:
    """Return `csv` or `json`: what a request's `format` says, if it gives one, else its Accept."""
    if given is not None:
        return given
    return "csv" if prefers_csv(request_ctx.request.headers.get("Accept", "")) else "json"


def vary(response: Response) -> Response:
    """Have caches keep errors apart by Accept too."""
    if response.status_code >= 400:
        response.headers.update(dict(VARY))
    return response
