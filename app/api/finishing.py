"""What is done to every answer of the application at last, whichever view made it."""

from functools import lru_cache
from hashlib import sha1
from typing import Final

from flask import Request, Response

from app.response_cache.cors import Cors, preflight_headers
from app.response_cache.negotiation import (
    GZIP,
    NAME,
    gzip_etag,
    gzipped,
    is_packable,
    prefers_gzip,
)
from app.wiring.finished import Finished

FILES: Final = 16
"""Files that are kept as they are sent."""


def finish(response: Response, request: Request, cors: Cors) -> None:
    """Say how long an answer holds and who may read it; answer 304, or in gzip, where that will do.

    What says nothing of how long it holds is asked about at each use: caches may keep it for as
    long as they think fit otherwise (RFC 9111 section 4.2.2).
    """
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache" if response.status_code < 400 else "no-store"
    is_asked = response.status_code == 200 and request.method in ("GET", "HEAD")
    if is_asked and "ETag" not in response.headers and not response.cache_control.no_store:
        response.set_etag(sha1(response.get_data(), usedforsecurity=False).hexdigest())
    _send_what_will_do(response, request)
    _let_others_read(response, request, cors)


def _send_what_will_do(response: Response, request: Request) -> None:
    """Answer 304 where the caller has the answer and could read it, else in the coding it prefers.

    A copy as it is will do for everybody, one in gzip only for those who take that, since
    caches ask with the ETags of all that they have (RFC 9111 section 4.3.1).
    """
    packable = _is_packable(response)
    if packable and NAME not in response.headers.get("Vary", ""):
        response.vary.add(NAME)
    is_whole = response.status_code != 304  # as files are answered already
    packs = packable and is_whole and prefers_gzip(request.headers.get(NAME))
    etag = response.headers.get("ETag")
    if etag is not None and response.status_code == 200:
        for one in [gzip_etag(etag), etag] if packs else [etag]:
            if request.if_none_match.contains_weak(one.strip('"')):
                response.status_code = 304
                response.headers["ETag"] = one
                return
    if packs:
        _pack(response)
        if etag is not None:
            response.headers["ETag"] = gzip_etag(etag)


def _is_packable(response: Response) -> bool:
    if response.status_code in (204, 206) or "Content-Encoding" in response.headers:
        return False
    length = response.content_length or response.calculate_content_length() or 0
    return is_packable(response.headers.get("Content-Type", ""), length)


def _pack(response: Response) -> None:
    is_file = response.direct_passthrough
    response.direct_passthrough = False
    body = response.get_data()
    packed = _file_packed(body) if is_file else gzipped(body)
    if isinstance(response, Finished) and response.answer is not None:
        response.answer.packed = packed
    response.set_data(packed)
    response.headers.add(*GZIP)


@lru_cache(maxsize=FILES)
def _file_packed(body: bytes) -> bytes:
    """Pack a file of the documents, of which some take a tenth of a second."""
    return gzipped(body)


def _let_others_read(response: Response, request: Request, cors: Cors) -> None:
    headers = cors.of_path(request.path, request.headers.get("Origin"))
    for name, value in headers:
        if name == "Vary":
            response.vary.add(value)
        else:
            response.headers[name] = value
    asks_first = "Access-Control-Request-Method" in request.headers
    if asks_first and request.method == "OPTIONS" and len(headers) > 1 and response.allow:
        response.headers.update(preflight_headers(response.headers["Allow"]))
