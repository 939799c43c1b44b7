"""Ways in which a reply can be wrong although its status is 200.

A mutation takes a right reply and returns a wrong one, or None where it does not fit the reply:
there is no row to spoil on a page without rows.
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from onet_client.sandbox.message import Item, ListPage, SandboxReply, html

OVERSIZE = 21 * 1024 * 1024  # bytes, beyond what any honest page takes


def _html(reply: SandboxReply) -> SandboxReply:
    return replace(reply, payload=html(200))


def _error(reply: SandboxReply) -> SandboxReply:
    return replace(reply, payload={"error": "The request could not be served."}, root="error")


def _truncated(reply: SandboxReply) -> SandboxReply:
    return replace(reply, cut=True)


def _wrong_root(reply: SandboxReply) -> SandboxReply:
    payload = reply.payload
    if isinstance(payload, ListPage):
        return replace(reply, payload=list(payload.items))
    return replace(reply, payload={"table": payload} if isinstance(payload, list) else [payload])


def _wrong_content_type(reply: SandboxReply) -> SandboxReply:
    return replace(reply, content_type="text/plain")


def _oversize(reply: SandboxReply) -> SandboxReply:
    return replace(reply, padding=OVERSIZE)


def _foreign_redirect(reply: SandboxReply, elsewhere: str) -> SandboxReply:
    return replace(reply, status=302, payload=html(302), headers={"Location": elsewhere})


def _missing_field(reply: SandboxReply, field: str) -> SandboxReply | None:
    def edit(item: Item) -> Item | None:
        return {k: v for k, v in item.items() if k != field} if field in item else None

    return _edit(reply, edit)


def _null_field(reply: SandboxReply, field: str) -> SandboxReply | None:
    return _set(reply, field, lambda _: None)


def _number_as_string(reply: SandboxReply, field: str) -> SandboxReply | None:
    return _set(reply, field, str)


def _out_of_range(reply: SandboxReply, field: str) -> SandboxReply | None:
    return _set(reply, field, lambda _: -1)


def _wrong_code(reply: SandboxReply) -> SandboxReply | None:
    def edit(item: Item) -> Item | None:
        key = next((name for name in ("onetsoc_code", "code") if name in item), None)
        return item | {key: "99-9999.99"} if key else None

    return _edit(reply, edit)


def _duplicate_row(reply: SandboxReply) -> SandboxReply | None:
    def change(page: ListPage) -> ListPage | None:
        # In place of the last, so that the count is still right.
        items = [*page.items[:-1], page.items[0]]
        return replace(page, items=items) if len(items) > 1 else None

    return _repage(reply, change)


def _short_page(reply: SandboxReply) -> SandboxReply | None:
    return _repage(reply, lambda page: replace(page, items=page.items[:-1]))


def _overlap(reply: SandboxReply) -> SandboxReply | None:
    def change(page: ListPage) -> ListPage | None:
        if page.before is None:
            return None
        return replace(page, items=[page.before, *page.items[:-1]])

    return _repage(reply, change)


def _wrong_total(reply: SandboxReply) -> SandboxReply | None:
    return _repage(reply, lambda page: replace(page, total=page.total + 1))


def _empty(reply: SandboxReply) -> SandboxReply | None:
    return _repage(
        reply, lambda page: replace(page, items=(), start=1, end=0, total=0, next=None, prev=None)
    )


def _stuck_next(reply: SandboxReply) -> SandboxReply | None:
    return _repage(reply, lambda page: replace(page, next=page.link(page.start, page.end)))


def _early_next(reply: SandboxReply) -> SandboxReply | None:
    def change(page: ListPage) -> ListPage | None:
        early = page.link(page.end, page.end + len(page.items) - 1)
        return replace(page, next=early) if page.next else None

    return _repage(reply, change)


def _foreign_next(reply: SandboxReply, elsewhere: str) -> SandboxReply | None:
    def change(page: ListPage) -> ListPage | None:
        if page.next is None:
            return None
        there = urlsplit(elsewhere)
        link = urlsplit(page.next)._replace(scheme=there.scheme, netloc=there.netloc)
        return replace(page, next=link.geturl())

    return _repage(reply, change)


def _repage(
    reply: SandboxReply, change: Callable[[ListPage], ListPage | None]
) -> SandboxReply | None:
    page = reply.payload
    changed = change(page) if isinstance(page, ListPage) and page.items else None
    return replace(reply, payload=changed) if changed else None


def _set(reply: SandboxReply, field: str, change: Callable[[Any], Any]) -> SandboxReply | None:
    return _edit(reply, lambda item: item | {field: change(item[field])} if field in item else None)


def _edit(reply: SandboxReply, edit: Callable[[Item], Item | None]) -> SandboxReply | None:
    """Change the last row of a page or array, or the object that is the whole reply."""
    payload = reply.payload
    if isinstance(payload, dict):
        edited = edit(payload)
        return None if edited is None else replace(reply, payload=edited)
    rows = payload.items if isinstance(payload, ListPage) else payload
    if isinstance(rows, str) or not rows:
        return None
    edited = edit(rows[-1])
    if edited is None:
        return None
    changed = [*rows[:-1], edited]
    return replace(
        reply, payload=replace(payload, items=changed) if isinstance(payload, ListPage) else changed
    )


_PLAIN: dict[str, Callable[[SandboxReply], SandboxReply | None]] = {
    "html": _html,
    "error": _error,
    "truncated": _truncated,
    "wrong_root": _wrong_root,
    "wrong_content_type": _wrong_content_type,
    "oversize": _oversize,
    "wrong_code": _wrong_code,
    "duplicate_row": _duplicate_row,
    "short_page": _short_page,
    "overlap": _overlap,
    "wrong_total": _wrong_total,
    "empty": _empty,
    "stuck_next": _stuck_next,
    "early_next": _early_next,
}
_OF_FIELD: dict[str, Callable[[SandboxReply, str], SandboxReply | None]] = {
    "missing_field": _missing_field,
    "null_field": _null_field,
    "number_as_string": _number_as_string,
    "out_of_range": _out_of_range,
}
_TO_HOST: dict[str, Callable[[SandboxReply, str], SandboxReply | None]] = {
    "foreign_next": _foreign_next,
    "foreign_redirect": _foreign_redirect,
}
MUTATIONS = frozenset(_PLAIN) | frozenset(_OF_FIELD) | frozenset(_TO_HOST)


def mutate(name: str, reply: SandboxReply, field: str, elsewhere: str) -> SandboxReply | None:
    """Return the reply made wrong, or None where the mutation does not fit it.

    Args:
        name: one of `MUTATIONS`.
        reply: a right reply; it is left as it was.
        field: the field that is spoilt, of the last row or of the object.
        elsewhere: the address asked for, on the host that a foreign link or redirect leads to.
    """
    if reply.status != HTTPStatus.OK:
        return None
    if name in _PLAIN:
        return _PLAIN[name](reply)
    return _OF_FIELD[name](reply, field) if name in _OF_FIELD else _TO_HOST[name](reply, elsewhere)
