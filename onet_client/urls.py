"""Where the upstream is, the paths to ask there, and which links lead there.

Credentials go with every request, so every URL that was not made here is checked against
the configured one before it is asked.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from onet_client.errors import BadReply, NotConfigured
from onet_client.reply import MAX_PAGE_ROWS, ApiVersion

MAX_LINK = 1_000
"""The longest URL that is followed, in characters, so that there is a bound to storing one."""

OCCUPATIONS_PATH = f"online/occupations?start=1&end={MAX_PAGE_ROWS}"
"""The first page of the list of occupations."""

_SORT = ("onetsoc_code", "element_id", "scale_id")
_VISIBLE = re.compile(r"[!-\[\]-~]{1,4000}")  # ASCII without space, and without the backslash
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}


def base_url(configured: str) -> str:
    """The configured URL with a slash at its end.

    Raises:
        NotConfigured: If it is no base URL, or not https where the host is not this machine.
    """
    try:
        parts = urlsplit(configured) if _VISIBLE.fullmatch(configured) else None
        host = parts.hostname if parts and (parts.port is None or parts.port > 0) else None
    except ValueError:
        parts = host = None
    if parts is None or not host or parts.scheme not in _PORTS:
        raise NotConfigured("ONET_API_URL is not a URL such as https://api-v2.onetcenter.org/")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise NotConfigured("ONET_API_URL may hold neither credentials, nor a query or fragment")
    if parts.scheme != "https" and not is_loopback(host):
        raise NotConfigured("ONET_API_URL must be https unless its host is this machine")
    return parts._replace(path=parts.path.rstrip("/") + "/").geturl()


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or address alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def resolve(base: str, asked: str, reference: str) -> str:
    """The absolute URL of a further page or a redirect, named by the reply to `asked`.

    Raises:
        BadReply: If it leaves the scheme, host, port or path of the base URL, or is no URL, or
            longer than `MAX_LINK`.
    """
    try:
        target = urlsplit(urljoin(asked, reference)) if _VISIBLE.fullmatch(reference) else None
        within = target is not None and _is_within(urlsplit(base), target)
    except ValueError:
        target, within = None, False
    if target is None or not within:
        raise BadReply("a link away from the configured address, which was not followed")
    return target._replace(fragment="").geturl()


def _is_within(base: SplitResult, target: SplitResult) -> bool:
    return (
        len(target.geturl()) <= MAX_LINK
        and _origin(base) == _origin(target)
        and "@" not in target.netloc
        and target.path.startswith(base.path)
        and not _DOT_SEGMENT.search(target.path)
    )


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)


def taxonomy_path(code: str, api: ApiVersion) -> str:
    """The path of a 2010 code's successors; 1.9 takes the code as a parameter."""
    return (
        f"taxonomy/2010_to_active?code={code}" if api == "1.9" else f"taxonomy/2010/active/{code}"
    )


def rows_path(table: str, code: str | None) -> str:
    """The first page of a table of ratings, or of one occupation's rows in it."""
    wanted = [] if code is None else [("filter", f"onetsoc_code.eq.{code}")]
    return table_path(table, _SORT, wanted)


def table_path(table: str, sort: Sequence[str], wanted: Sequence[tuple[str, str]] = ()) -> str:
    """The first page of a table, or of the rows wanted of it, sorted by the columns named."""
    order = [("sort", column) for column in sort]
    query = urlencode([("start", "1"), ("end", str(MAX_PAGE_ROWS)), *wanted, *order])
    return f"database/rows/{table}?{query}"
