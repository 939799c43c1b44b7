"""How the OpenAPI document describes the headers of answers."""

from typing import Any, Final

Headers = dict[str, dict[str, Any]]


def _text(description: str, pattern: str | None = None, *, required: bool = True) -> dict[str, Any]:
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"description": description, "required": required, "schema": schema}


def _seconds(description: str, least: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": least}
    return {"description": description, "required": True, "schema": schema}


PLAIN: Final[Headers] = {
    "X-Request-ID": _text("That of the request where it had a usable one, else a new one.")
}
"""Of every answer."""
UNSTORED: Final[Headers] = PLAIN | {
    "Cache-Control": _text("Nobody may store the answer.", "^no-store$")
}
ETAG: Final = _text("What to send as If-None-Match.", '^"[0-9a-f]{40}(-gzip)?"$')
REVALIDATED: Final[Headers] = PLAIN | {
    "Cache-Control": _text("A copy is asked about before it is used.", "^no-cache$"),
    "ETag": ETAG,
}
"""Of answers that may change at any time, and of a 304 in place of one."""
LISTED: Final[Headers] = REVALIDATED | {
    "Vary": _text("Accept may ask for CSV.", "^Accept(, Accept-Encoding)?(, Origin)?$")
}
"""Of such answers that there are in several formats."""
CACHED: Final[Headers] = PLAIN | {
    "Cache-Status": _text("How each entry was come by (RFC 9211).", "^skillgap; "),
    "Cache-Control": _text(
        "For how long it is fresh, its age included, and may be used after that (RFC 5861).",
        "^public, max-age=[0-9]+, stale-while-revalidate=[0-9]+, stale-if-error=[0-9]+$",
    ),
    "X-Accel-Expires": _seconds("For how long nginx in front keeps it.", 0),
    "Age": _seconds("Since O*NET vouched for the oldest entry.", 0),
    "ETag": ETAG,
    "Vary": _text("Accept may ask for CSV.", "^Accept, Accept-Encoding(, Origin)?$"),
}
"""Of answers made of entries, and of a 304 in place of one."""
QUOTED: Final[Headers] = {
    name: header for name, header in CACHED.items() if name not in ("Cache-Status", "Age")
} | {"Vary": _text("Accept-Encoding may ask for gzip.", "^Accept-Encoding(, Origin)?$")}
"""Of answers that others may keep, that are made of no entry, and that are JSON only."""
STILL_HOLDS: Final = "The copy of If-None-Match still holds."
JOB: Final[Headers] = UNSTORED | {"Location": _text("Where the state of the job is.")}
OF_PROBLEMS: Final[dict[int, Headers]] = {
    401: {"WWW-Authenticate": _text("The scheme of the admin token.", "^Bearer$")},
    503: {"Retry-After": _seconds("When to try again.", 1)},
}
"""Further headers of a problem, by status."""
_READ: Final[Headers] = {
    "Cache-Status": _text(
        "How each entry was come by (RFC 9211), where it came to that.",
        "^skillgap; ",
        required=False,
    )
}
POSTED: Final[Headers] = UNSTORED | {
    "Vary": _text("Accept may ask for CSV.", "^Accept, Accept-Encoding(, Origin)?$")
}
"""Of answers to what is posted, in several formats."""
READ_POSTED: Final[Headers] = POSTED | _READ
"""Of those made of entries."""
OF_FILES: Final[Headers] = {
    "Content-Disposition": _text("What to call the file, of CSV (RFC 6266).", required=False)
}
"""Further headers where there is CSV."""
OF_READS: Final[dict[int, Headers]] = {404: _READ, 503: _READ}
"""Further headers that the problems of a view that reads entries may have, by status."""
