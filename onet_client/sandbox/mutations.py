"""Ways in which a reply can be wrong although its status is 200."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from onet_client.sandbox.message import Item, ListPage, SandboxReply, html

OVERSIZE: Final = 21 * 1024 * 1024  # bytes, beyond what any honest page takes

Mutated = SandboxReply | None
"""A reply made wrong; None where the mutation does not fit, such as a row of no rows."""

Mutation = Callable[[SandboxReply, str, str], Mutated]
"""Makes a right reply wrong, which is left as it was.

It is given the field to spoil, of the last row or of the object, and the address asked for, on the
host that a foreign link or redirect leads to.
"""


def _wrong_root(reply: SandboxReply) -> SandboxReply:
    payload = reply.payload
    if isinstance(payload, ListPage):
        return replace(reply, payload=list(payload.items))
    return replace(reply, payload={"table": payload} if isinstance(payload, list) else [payload])


def _missing_field(reply: SandboxReply, field: str) -> Mutated:
    def edit(item: Item) -> Item | None:
        return {k: v for k, v in item.items() if k != field} if field in item else None

    return _edit(reply, edit)


def _set_field(reply: SandboxReply, field: str, change: Callable[[Any], Any]) -> Mutated:
    return _edit(reply, lambda item: item | {field: change(item[field])} if field in item else None)


def _wrong_code(reply: SandboxReply) -> Mutated:
    def edit(item: Item) -> Item | None:
        key = next((name for name in ("onetsoc_code", "code") if name in item), None)
        return item | {key: "99-9999.99"} if key else None

    return _edit(reply, edit)


def _edit(reply: SandboxReply, edit: Callable[[Item], Item | None]) -> Mutated:
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


def _duplicate_row(page: ListPage) -> ListPage | None:
    # In place of the last, so that the count is still right.
    items = [*page.items[:-1], page.items[0]]
    return replace(page, items=items) if len(items) > 1 else None


def _overlap(page: ListPage) -> ListPage | None:
    return replace(page, items=[page.before, *page.items[:-1]]) if page.before else None


def _early_next(page: ListPage) -> ListPage | None:
    early = page.link(page.end, page.end + len(page.items) - 1)
    return replace(page, next=early) if page.next else None


def _foreign_next(page: ListPage, elsewhere: str) -> ListPage | None:
    if page.next is None:
        return None
    there = urlsplit(elsewhere)
    link = urlsplit(page.next)._replace(scheme=there.scheme, netloc=there.netloc)
    return replace(page, next=link.geturl())


def _of_page(change: Callable[[ListPage, str], ListPage | None]) -> Mutation:
    """The mutation that changes a page with rows, given the foreign address."""

    def mutation(reply: SandboxReply, _field: str, elsewhere: str) -> Mutated:
        page = reply.payload
        changed = change(page, elsewhere) if isinstance(page, ListPage) and page.items else None
        return replace(reply, payload=changed) if changed else None

    return mutation


FAILURE: Final = {"error": "The request could not be served."}

MUTATIONS: Final[Mapping[str, Mutation]] = {
    "html": lambda reply, *_: replace(reply, payload=html(200)),
    "error": lambda reply, *_: replace(reply, payload=FAILURE),
    "truncated": lambda reply, *_: replace(reply, cut=True),
    "wrong_root": lambda reply, *_: _wrong_root(reply),
    "wrong_content_type": lambda reply, *_: replace(reply, content_type="text/plain"),
    "oversize": lambda reply, *_: replace(reply, padding=OVERSIZE),
    "foreign_redirect": lambda reply, _, elsewhere: replace(
        reply, status=302, payload=html(302), headers={"Location": elsewhere}
    ),
    "missing_field": lambda reply, field, _: _missing_field(reply, field),
    "null_field": lambda reply, field, _: _set_field(reply, field, lambda _: None),
    "number_as_string": lambda reply, field, _: _set_field(reply, field, str),
    "out_of_range": lambda reply, field, _: _set_field(reply, field, lambda _: -1),
    "wrong_code": lambda reply, *_: _wrong_code(reply),
    "duplicate_row": _of_page(lambda page, _: _duplicate_row(page)),
    "short_page": _of_page(lambda page, _: replace(page, items=page.items[:-1])),
    "overlap": _of_page(lambda page, _: _overlap(page)),
    "wrong_total": _of_page(lambda page, _: replace(page, total=page.total + 1)),
    "empty": _of_page(
        lambda page, _: replace(page, items=(), start=1, end=0, total=0, next=None, prev=None)
    ),
    "stuck_next": _of_page(lambda page, _: replace(page, next=page.link(page.start, page.end))),
    "early_next": _of_page(lambda page, _: _early_next(page)),
    "foreign_next": _of_page(_foreign_next),
}
