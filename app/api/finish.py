"""What is done to every answer of the application at last, whichever view made it."""

from hashlib import sha1
from typing import Final

from flask import Request, Response

ASKING: Final = ("GET", "HEAD")


def say_how_long_it_holds(response: Response) -> None:
    """Have no cache guess: what does not say how long it holds is asked about at each use.

    Caches may keep what says nothing for as long as they think fit (RFC 9111 section 4.2.2).
    """
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache" if response.status_code < 400 else "no-store"


def spare_what_the_caller_has(response: Response, request: Request) -> None:
    """Give an answer that may be stored an ETag, and answer 304 where the caller has it already."""
    if response.status_code != 200 or request.method not in ASKING:
        return
    if "ETag" not in response.headers:
        if response.direct_passthrough or response.cache_control.no_store:
            return
        response.set_etag(etag_of(response.get_data()))
    if "HTTP_IF_NONE_MATCH" in request.environ and request.if_none_match:
        response.make_conditional(request.environ)


def etag_of(text: bytes) -> str:
    """Return the opaque tag of a text, which is strong: another text has another one."""
    return sha1(text, usedforsecurity=False).hexdigest()
