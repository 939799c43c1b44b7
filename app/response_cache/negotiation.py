"""Which format and content coding a request asks for, and answers in gzip (RFC 9110)."""

import zlib
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header

LONGEST: Final = 1_000
"""Characters of an Accept or Accept-Encoding header; a longer one is taken as none, since to read
it takes longer than to answer."""
JSON: Final = ("application/json", "application/problem+json")
NAME: Final = "Accept-Encoding"
GZIP: Final = "Content-Encoding", "gzip"
LEAST: Final = 500
"""Bytes of a body from which on it is worth packing: fewer fit into one packet as they are."""
FRAME: Final = 31
"""What makes zlib write the frame of gzip (RFC 1952), without a time."""
PACKABLE: Final = ("text/", "application/json", "application/problem+json", "image/svg+xml")
"""How types begin that become smaller."""


def prefers_csv(accept: str) -> bool:
    """Say whether an Accept header puts CSV before JSON (RFC 9110 section 12.5.1)."""
    return len(accept) <= LONGEST and _prefers_csv(accept)


def prefers_html(accept: str | None) -> bool:
    """Say whether an Accept header puts HTML before JSON, as those of browsers do."""
    if accept is None or len(accept) > LONGEST:
        return False
    asked = parse_accept_header(accept, MIMEAccept)
    return asked.quality("text/html") > max(map(asked.quality, JSON))


@lru_cache(maxsize=200)
def _prefers_csv(accept: str) -> bool:
    asked = parse_accept_header(accept, MIMEAccept)
    # Whatever CSV's parameters are, there is one way it is written.
    accepted = MIMEAccept([(kind.partition(";")[0], quality) for kind, quality in asked])
    return accepted.quality("text/csv") > accepted.quality("application/json")


def prefers_gzip(accept_encoding: str | None) -> bool:
    """Say whether a request takes gzip, and nothing else rather (RFC 9110 section 12.5.3)."""
    if accept_encoding is None or len(accept_encoding) > LONGEST:
        return False
    return _prefers_gzip(accept_encoding)


@lru_cache(maxsize=200)
def _prefers_gzip(accept_encoding: str) -> bool:
    accepted = parse_accept_header(accept_encoding, Accept)
    listed = {name.lower(): quality for name, quality in accepted}
    gzip = listed.get("gzip", listed.get("x-gzip", listed.get("*", 0)))
    return gzip > 0 and gzip >= listed.get("identity", 0)


def is_packable(content_type: str, length: int) -> bool:
    """Say whether a body of a type and length is offered in gzip too."""
    return length >= LEAST and content_type.startswith(PACKABLE)


def gzipped(body: bytes) -> bytes:
    """Pack a body, always to the same bytes."""
    return zlib.compress(body, wbits=FRAME)


def gunzipped(packed: bytes) -> bytes:
    """Unpack what `gzipped` has packed."""
    return zlib.decompress(packed, wbits=FRAME)


def gzip_etag(etag: str) -> str:
    """Return the ETag of an answer in gzip: it is strong, so each coding has one of its own."""
    return f'{etag[:-1]}-gzip"'
