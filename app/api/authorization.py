"""Access to the admin API: with the admin token; closed where none is set."""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import NotFound

from app.problems import Problem
from app.wiring.container import services

SCHEME: Final = "adminToken"
"""The name of the security scheme in the OpenAPI document."""


def _is_admin(environ: Mapping[str, Any]) -> bool:
    # Routing takes a path with more slashes in front for the same.
    path: str = environ["PATH_INFO"]
    return path.lstrip("/").partition("/")[0] == "admin"


def check(environ: Mapping[str, Any]) -> None:
    """Check a request below /admin, before anything else of it is looked at.

    Raises:
        NotFound: where no token is set.
        Problem: where the request does not have it.
    """
    if not _is_admin(environ):
        return
    token = services().settings.admin_token
    if not token:
        raise NotFound
    if not hmac.compare_digest(_given(), token.encode()):
        detail = "The admin API needs `Authorization: Bearer` with the token of ADMIN_TOKEN."
        raise Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})


def _given() -> bytes:
    """The bytes of the token as they came; none where the scheme is another."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip().encode("latin-1", "replace") if scheme.lower() == "bearer" else b""


def forbid_storing(environ: Mapping[str, Any], response: Response) -> None:
    """Keep answers of the admin API out of caches."""
    if _is_admin(environ):
        response.headers["Cache-Control"] = "no-store"
