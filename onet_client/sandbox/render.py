"""Writes a reply as JSON, or marks that API 1.9 sends XML where JSON is not asked for."""

import json

from onet_client.sandbox.message import ApiVersion, Item, ListPage, Request, SandboxReply

JSON, XML, HTML = "application/json", "application/xml", "text/html"
XML_BODY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<error>API 1.9 sends XML here, which the sandbox does not write: "
    f"ask for JSON by Accept: {JSON}.</error>\n"
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
