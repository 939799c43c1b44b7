"""Writes a reply as JSON, or as the XML that API 1.9 sends unless JSON is asked for."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from onet_client.sandbox.message import Generation, Item, ListPage, Request, SandboxReply

JSON, XML, HTML = "application/json", "application/xml", "text/html"


def render(reply: SandboxReply, request: Request, generation: Generation) -> tuple[str, bytes]:
    """Return the content type and the body of a reply."""
    payload = reply.payload
    if isinstance(payload, str):
        content_type, body = f"{HTML}; charset=utf-8", payload.encode()
    elif generation == "1.9" and JSON not in request.headers.get("accept", ""):
        content_type = f"{XML}; charset=utf-8"
        body = ET.tostring(_document(reply.root, payload), "utf-8", xml_declaration=True)
    else:
        content_type = f"{JSON}; charset=utf-8"
        plain = _envelope(payload, generation) if isinstance(payload, ListPage) else payload
        body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    if reply.cut:
        body = body[: len(body) // 2]
    return reply.content_type or content_type, body


def _envelope(page: ListPage, generation: Generation) -> Item:
    counts = {"start": page.start, "end": page.end, "total": page.total}
    if generation == "1.9":
        link = {"link": _links(page)} if _links(page) else {}
        return page.extra | counts | link | {page.key: page.items}
    links = {link["rel"]: link["href"] for link in _links(page)}
    return counts | links | {page.key: page.items}


def _links(page: ListPage) -> list[dict[str, str]]:
    given = {"prev": page.prev, "next": page.next}
    return [{"href": href, "rel": rel} for rel, href in given.items() if href]


def _document(root: str, payload: ListPage | Item | list[Any]) -> ET.Element:
    if isinstance(payload, dict) and payload.keys() == {root}:
        return _element(root, payload[root])
    if not isinstance(payload, ListPage):
        return _element(root, payload)
    counts = {"start": str(payload.start), "end": str(payload.end), "total": str(payload.total)}
    document = ET.Element(root, counts)
    for link in _links(payload):
        ET.SubElement(document, "link", link)
    document.extend(_element(payload.key, item) for item in payload.items)
    return document


def _element(name: str, value: Any) -> ET.Element:
    """Turn an object into an element with one child for each member; a null has no child."""
    element = ET.Element(name)
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "href":
                element.set(key, member)
            elif isinstance(member, list):
                element.extend(_element(key, entry) for entry in member)
            elif member is not None:
                element.append(_element(key, member))
    elif isinstance(value, list):
        element.extend(_element("item", entry) for entry in value)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return element
