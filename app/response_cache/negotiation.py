"""Which format a request asks for."""

from functools import lru_cache
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

LONGEST: Final = 1_000
"""Characters of an Accept or Accept-Encoding header; a longer one is taken as none, since to read
it takes longer than to answer."""
JSON: Final = ("application/json", "application/problem+json")


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
