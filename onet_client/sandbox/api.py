"""Answers requests as O*NET Web Services does, in either version of its API.

What the reference manual leaves open is answered strictly: a page of more than 2,000 items or a
start past the last one is an error here, so that a client relying on leniency is found out.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote, urlencode

from onet_client.content_model import OCCUPATION_TABLE
from onet_client.release_files import ReleaseError
from onet_client.sandbox.message import ApiVersion, Item, ListPage, Request, SandboxReply, html
from onet_client.sandbox.release import ReleaseTables
from onet_client.sandbox.table import QueryError, Row, Table
from onet_client.sandbox.taxonomy import Taxonomy

DEFAULT_PAGE, LARGEST_PAGE = 20, 2000

_PREFIXES = {"2": re.compile(r"/"), "1.9": re.compile(r"/(v1\.9/)?ws/")}
_TAXONOMY_PATHS = {
    "2": re.compile(r"taxonomy/(2010|2019|active)/(?:2010|2019|active)/([^/]+)"),
    "1.9": re.compile(r"taxonomy/(2010|2019|active)_to_(?:2010|2019|active)"),
}
_POSITION = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is accepted; where nothing is set, anything that is not empty."""

    api_key: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


class Api:
    """The endpoints over one release, and over the former taxonomy where one is given."""

    def __init__(
        self,
        release: ReleaseTables,
        api: ApiVersion,
        credentials: Credentials,
        taxonomy: Taxonomy = MappingProxyType({}),
    ) -> None:
        self._release = release
        self._former = taxonomy
        self._api = api
        self._credentials = credentials
        self._routes: list[tuple[re.Pattern[str], Callable[..., SandboxReply]]] = [
            (re.compile(r"about"), self._about),
            (re.compile(r"database"), self._database),
            (re.compile(r"database/info/([^/]+)"), self._info),
            (re.compile(r"database/rows/([^/]+)"), self._rows),
            (re.compile(r"online/occupations"), self._occupations),
            (re.compile(r"online/occupations/([^/]+)"), self._occupation),
            (_TAXONOMY_PATHS[api], self._taxonomy),
        ]

    def answer(self, request: Request) -> SandboxReply:
        """Return the reply to a request; never raises on account of what was asked."""
        if refusal := self._refusal(request):
            return refusal
        if request.method != "GET":
            return SandboxReply(405, html(405), headers={"Allow": "GET"})
        prefix = _PREFIXES[self._api].match(request.path)
        path = unquote(request.path[prefix.end() :]).removesuffix("/") if prefix else ""
        for pattern, endpoint in self._routes:
            if prefix and (found := pattern.fullmatch(path)):
                try:
                    return endpoint(request, request.origin + prefix[0], *found.groups())
                except QueryError as error:
                    return SandboxReply(422, {"error": str(error)})
                except ReleaseError as error:  # the file was changed since the start
                    return SandboxReply(500, {"error": str(error)})
        return SandboxReply(404, html(404))

    def _refusal(self, request: Request) -> SandboxReply | None:
        known = self._credentials
        if self._api == "2":
            key = request.headers.get("x-api-key", "")
            if not key:
                return SandboxReply(401, html(401))
            return None if _same(key, known.api_key) else SandboxReply(403, html(403))
        username, password = _basic(request.headers.get("authorization", ""))
        given = username and password
        if given and _same(username, known.username) and _same(password, known.password):
            return None
        challenge = {"WWW-Authenticate": 'Basic realm="O*NET Web Services"'}
        return SandboxReply(401, html(401), headers=challenge)

    def _about(self, _request: Request, _base: str) -> SandboxReply:
        database = {"name": self._release.name, "url": "https://www.onetcenter.org/database.html"}
        version = {"2": "2.0", "1.9": "1.9"}[self._api]
        return SandboxReply(200, {"api_version": version, "database": database})

    def _database(self, _request: Request, base: str) -> SandboxReply:
        tables = [self._summary(base, table_id) for table_id in self._release.table_ids]
        return SandboxReply(200, tables if self._api == "2" else {"table": tables})

    def _summary(self, base: str, table_id: str) -> Item:
        title = self._release.title(table_id)
        return {
            "table_id": table_id,
            "title": title,
            "description": f"{title} of the {self._release.name} database.",
            "info": f"{base}database/info/{table_id}",
            "rows": f"{base}database/rows/{table_id}",
        }

    def _info(self, _request: Request, base: str, table_id: str) -> SandboxReply:
        table = self._table(table_id)
        summary = self._summary(base, table_id)
        del summary["info"]
        columns = [
            {
                "column_id": column.column_id,
                "title": column.title,
                "type": column.kind,
                "optional": table.has_nulls(column.column_id),
            }
            for column in table.columns
        ]
        number = self._release.name.removeprefix("O*NET ")
        dictionary = f"https://www.onetcenter.org/dictionary/{number}/text/"
        return SandboxReply(200, summary | {"data_dictionary": dictionary, "column": columns})

    def _rows(self, request: Request, base: str, table_id: str) -> SandboxReply:
        table = self._table(table_id)
        rows = table.select(request.all("filter"), request.all("sort"))
        extra = {"info": f"{base}database/info/{table_id}", "table_id": table_id}
        url = f"{base}database/rows/{table_id}"
        return SandboxReply(200, self._page(request, url, "row", rows, table.record, extra))

    def _occupations(self, request: Request, base: str) -> SandboxReply:
        table = self._release.table(OCCUPATION_TABLE)
        url = f"{base}online/occupations/"

        def item(row: Row) -> Item:
            code = table.value(row, "onetsoc_code")
            title = table.value(row, "title")
            # Which tags an occupation has is not part of a text release.
            return {"href": f"{url}{code}/", "code": code, "title": title, "tags": {}}

        page = self._page(request, url, "occupation", table.rows, item, {})
        return SandboxReply(200, page)

    def _occupation(self, _request: Request, _base: str, code: str) -> SandboxReply:
        return SandboxReply(200, self._overview(code) | {"tags": {}})

    def _taxonomy(self, request: Request, _base: str, source: str, code: str = "") -> SandboxReply:
        code = code or "".join(request.all("code"))
        if source == "2010" and code in self._former:
            former = self._former[code]
            found = [{"code": new, "title": title} for new, title in former.successors]
            body = {"code": code, "title": former.title, "description": None, "occupation": found}
            return SandboxReply(200, body)
        overview = self._overview(code)
        same = {"code": overview["code"], "title": overview["title"]}
        # A text release knows one taxonomy, in which every code is its own successor.
        return SandboxReply(200, overview | {"occupation": [same]})

    def _overview(self, code: str) -> Item:
        table = self._release.table(OCCUPATION_TABLE)
        for row in table.select([f"onetsoc_code.eq.{code}"]):
            record = table.record(row)
            return {"code": record.pop("onetsoc_code"), **record}
        raise QueryError(f'"{code}" is not an O*NET-SOC code in use.')

    def _table(self, table_id: str) -> Table:
        try:
            return self._release.table(table_id)
        except KeyError:
            raise QueryError(f'"{table_id}" is not a table of {self._release.name}.') from None

    def _page(
        self,
        request: Request,
        url: str,
        key: str,
        rows: Sequence[Row],
        item: Callable[[Row], Item],
        extra: Item,
    ) -> ListPage:
        start, end = _window(request, len(rows))
        size, last = end - start + 1, min(end, len(rows))
        kept = [pair for pair in request.query if pair[0] not in {"start", "end"}]

        def link(first: int, final: int) -> str:
            return f"{url}?{urlencode([*kept, ('start', first), ('end', final)])}"

        return ListPage(
            key=key,
            items=[item(row) for row in rows[start - 1 : last]],
            start=start,
            end=last,
            total=len(rows),
            link=link,
            next=link(last + 1, last + size) if last < len(rows) else None,
            prev=link(max(1, start - size), start - 1) if start > 1 else None,
            before=item(rows[start - 2]) if start > 1 else None,
            extra=extra if self._api == "1.9" else {},
        )


def _window(request: Request, total: int) -> tuple[int, int]:
    """Return the first and last position asked for, counted from 1."""
    start = _position(request, "start", 1)
    end = _position(request, "end", start + DEFAULT_PAGE - 1)
    if end < start or end - start >= LARGEST_PAGE:
        raise QueryError(f'"end" must be "start" to "start" + {LARGEST_PAGE - 1}.')
    if start > max(total, 1):
        raise QueryError(f'"start" is past the last of {total}.')
    return start, end


def _position(request: Request, name: str, default: int) -> int:
    values = request.all(name)
    if not values:
        return default
    if len(values) > 1 or not _POSITION.fullmatch(values[0]):
        raise QueryError(f'The parameter "{name}" is not a position.')
    return int(values[0])


def _same(given: str, known: str | None) -> bool:
    return known is None or hmac.compare_digest(given.encode(), known.encode())


def _basic(header: str) -> tuple[str, str]:
    """Return name and password of HTTP Basic (RFC 7617), empty where there are none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
