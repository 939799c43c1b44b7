"""What goes in and comes out of the look-alike, apart from any socket."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl

ApiVersion = Literal["2", "1.9"]
Item = dict[str, Any]

JSON, XML, HTML = "application/json", "application/xml", "text/html"
XML_BODY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<error>API 1.9 sends XML here, which the sandbox does not write: "
    f"ask for JSON by Accept: {JSON}.</error>\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its body apart.

    Attributes:
        method: in capitals, as sent.
        target: path and query as sent.
        headers: by name in lower case.
        origin: scheme and host as the client addressed them, for the links of the reply.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    origin: str

    @property
    def path(self) -> str:
        """The path as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters, decoded and in order."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    def all(self, name: str) -> list[str]:
        """Return every value of a query parameter."""
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list: items `start` to `end` of `total`, counted from 1."""

    key: str  # what the items are called: "row" or "occupation"
    items: Sequence[Item]
    start: int
    end: int
    total: int
    link: Callable[[int, int], str]  # the address of the items from one number to another
    next: str | None
    prev: str | None
    before: Item | None  # the item ahead of the first
    extra: Item = field(default_factory=dict)  # what API 1.9 adds to the envelope


@dataclass(frozen=True, slots=True)
class SandboxReply:
    """One reply before it is written: a page, an object, an array, or HTML as text."""

    status: int
    payload: ListPage | Item | list[Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None  # where it is not what the payload implies
    cut: bool = False  # half of the body is never written, though nothing says so
    padding: int = 0  # bytes of white space ahead of the body


def html(status: int) -> str:
    """Return such a page as web servers in front of an API send."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Error"
    title = f"{status} {phrase}"
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1></body></html>\n"
    )


def render(reply: SandboxReply, request: Request, api: ApiVersion) -> tuple[str, bytes]:
    """Return the content type and the body of a reply."""
    payload = reply.payload
    if isinstance(payload, str):
        content_type, body = HTML, payload.encode()
    elif api == "1.9" and JSON not in request.headers.get("accept", ""):
        content_type, body = XML, XML_BODY.encode()
    else:
        plain = _envelope(payload, api) if isinstance(payload, ListPage) else payload
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
        content_type, body = JSON, text.encode()
    if reply.cut:
        body = body[: len(body) // 2]
    return reply.content_type or f"{content_type}; charset=utf-8", body


def _envelope(page: ListPage, api: ApiVersion) -> Item:
    counts = {"start": page.start, "end": page.end, "total": page.total}
    links = {rel: href for rel, href in (("prev", page.prev), ("next", page.next)) if href}
    if api == "1.9":
        listed = [{"href": href, "rel": rel} for rel, href in links.items()]
        return page.extra | counts | ({"link": listed} if listed else {}) | {page.key: page.items}
    return counts | links | {page.key: page.items}
