"""The O*NET Web Services, one method for each thing that can be asked."""

import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from onet_client import interpret
from onet_client.auth import credentials
from onet_client.content_model import check_code, check_domain, tables_of
from onet_client.deadline import Deadline
from onet_client.errors import BadRequest, NoData, NotFound, OnetError, UnknownCode
from onet_client.governor import Governor
from onet_client.interpret import Page
from onet_client.listed_codes import ListedCodes
from onet_client.meanings import MeaningTables
from onet_client.paging import DomainCheck, Position
from onet_client.reply import ApiVersion, Reply, Result, bad
from onet_client.rows import OccupationRow, RatingRow
from onet_client.transport import Transport
from onet_client.urls import OCCUPATIONS_PATH, base_url, rows_path, taxonomy_path


class OnetClient:
    """Asks O*NET Web Services; made by `connect`, and safe to share between threads.

    Every method takes a `Deadline` to share with other calls, or else allows itself the configured
    seconds, and can raise any `OnetError`: those named mean something of their own there.

    Attributes:
        listed: The codes that there are, once they had to be read for a code that is refused.
        meanings: The tables of what elements and levels mean.
    """

    def __init__(self, transport: Transport, api: ApiVersion, listed: ListedCodes) -> None:
        self.listed, self.meanings = listed, MeaningTables(transport, api)
        self._transport, self._api = transport, api
        self._release: str | None = None
        self._layouts: dict[str, tuple[str, ...]] = {}

    def release(self, *, deadline: Deadline | None = None) -> str:
        """The database release the upstream serves, such as 30.3."""
        found = self._transport.get("about", interpret.release, deadline)
        if found != self._release:  # its tables may be others
            self._release, self._layouts = found, {}
        return found

    def tables(self, *, deadline: Deadline | None = None) -> tuple[str, ...]:
        """The ids of the tables of that release."""
        return self._transport.get(
            "database", lambda reply: interpret.tables(reply, self._api), deadline
        )

    def occupation(self, code: str, *, deadline: Deadline | None = None) -> OccupationRow:
        """The occupation of that code.

        Raises:
            UnknownCode: If the list of occupations does not have it either; nothing is asked
                where that list was read for an earlier code of this release.
        """
        check_code(code)
        if self.listed.has(code, self._release) is False:
            raise UnknownCode(f"{code} is not in the list of occupations")
        deadline = deadline or self._transport.new_deadline()
        try:
            return self._transport.get(
                f"online/occupations/{code}/",
                lambda reply: interpret.occupation(reply, code),
                deadline,
            )
        except BadRequest as refused:
            self._check_known(code, refused, deadline)
            raise

    def occupations(self, *, deadline: Deadline | None = None) -> tuple[OccupationRow, ...]:
        """All occupations, rated or not, without their descriptions."""
        found: dict[str, OccupationRow] = {}

        def read(reply: Reply) -> Page[OccupationRow]:
            page = interpret.occupations(reply, self._api)
            if not page.rows:
                raise bad("a list of occupations that is empty")
            if any(occupation.code in found for occupation in page.rows):
                raise bad("an occupation that is on two pages")
            return page

        deadline = deadline or self._transport.new_deadline()
        for page, _ in self._transport.pages(OCCUPATIONS_PATH, read, deadline):
            found.update((occupation.code, occupation) for occupation in page.rows)
        return tuple(found.values())

    def successors(
        self, code: str, *, deadline: Deadline | None = None
    ) -> tuple[OccupationRow, ...]:
        """The occupations that replaced a code of the 2010 taxonomy, without descriptions.

        Raises:
            UnknownCode: If that taxonomy does not have the code.
        """
        check_code(code)
        path = taxonomy_path(code, self._api)
        try:
            return self._transport.get(
                path, lambda reply: interpret.successors(reply, code), deadline
            )
        except BadRequest as refused:
            if refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:  # else it is the code
                raise
            raise _unknown(f"{code} is not in the 2010 taxonomy", refused) from refused

    def ratings(
        self, code: str, domain: str, *, deadline: Deadline | None = None
    ) -> tuple[RatingRow, ...]:
        """Every rating of one occupation in a domain: each element on both scales.

        Raises:
            UnknownCode: If the list of occupations does not have the code.
            NoData: If it does, and no table of the domain has a row for it.
            NotOffered: If the upstream has no tables for the domain; it names what it has.
        """
        check_code(code)
        deadline = deadline or self._transport.new_deadline()
        remembered = self._layouts.get(domain)
        tables = remembered or self.domain_tables(domain, deadline=deadline)
        try:
            return self._ratings(code, tables, deadline)
        except NoData as nothing:
            self._check_known(code, nothing, deadline)
            raise
        except (BadRequest, NotFound) as refused:
            # An unknown table is refused as an unknown code is, and a new release may have
            # other tables than those remembered.
            current = self.domain_tables(domain, deadline=deadline) if remembered else tables
            if current == tables:
                self._check_known(code, refused, deadline)
                raise
        return self._ratings(code, current, deadline)

    def _ratings(
        self, code: str, tables: Sequence[str], deadline: Deadline
    ) -> tuple[RatingRow, ...]:
        check = DomainCheck(tables, code)
        return tuple(
            rating
            for table in tables
            for page, _ in self._transport.pages(
                rows_path(table, code), self._reader(table, code, check), deadline
            )
            for rating in page.rows
        )

    def domain_tables(self, domain: str, *, deadline: Deadline | None = None) -> tuple[str, ...]:
        """The tables that hold a domain together, in the order to read them in.

        Raises:
            NotOffered: If the upstream has no tables for the domain; it names what it has.
        """
        check_domain(domain)

        def read(reply: Reply) -> tuple[str, ...]:
            return tables_of(domain, interpret.tables(reply, self._api))

        self._layouts[domain] = found = self._transport.get("database", read, deadline)
        return found

    def table_pages(
        self,
        table: str,
        position: Position,
        check: DomainCheck,
        *,
        deadline: Deadline | None = None,
    ) -> Iterator[tuple[tuple[RatingRow, ...], Position]]:
        """The pages of a table that come after a position, each with the position after it.

        `Position()` is the beginning; none come after the end. One check serves all tables of
        the domain, and has taken what was read of them before. Only when it has accepted the
        last page of the last table are the pages known to be whole. Without a deadline to
        share, each page has the configured seconds of its own.

        Raises:
            BadReply: Without a request, if the position leads away from the upstream.
        """
        read = self._reader(table, None, check)
        first = rows_path(table, None)
        for page, after in self._transport.pages(first, read, deadline, position):
            yield page.rows, after
            del page  # or it would be held while the next one is read

    def _reader(
        self, table: str, code: str | None, check: DomainCheck
    ) -> Callable[[Reply], Page[RatingRow]]:
        return lambda reply: check.accept(table, interpret.ratings(reply, self._api, code))

    def _check_known(self, code: str, instead: OnetError, deadline: Deadline) -> None:
        """Raise UnknownCode, in place of another error, if the list does not have the code."""
        codes = self.listed.of(
            self._release,
            lambda: (occupation.code for occupation in self.occupations(deadline=deadline)),
            deadline,
        )
        if code not in codes:
            raise _unknown(f"{code} is not in the list of occupations", instead) from instead


def _unknown(said: str, instead: OnetError) -> UnknownCode:
    return UnknownCode(said, status=instead.status, url=instead.url, attempts=instead.attempts)


def connect(
    api_url: str,
    api_version: ApiVersion,
    *,
    api_key: str | None = None,
    username: str | None = None,
    password: str | None = None,
    connect_timeout: float = 3.0,
    read_timeout: float = 10.0,
    deadline: float = 20.0,
    max_concurrency: int = 4,
    governor: Governor,
    listed: ListedCodes | None = None,
    observe: Callable[[Result], None] = lambda _: None,
    ca_bundle: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> OnetClient:
    """A client of one upstream, which trusts a file of certificates or the public ones.

    Nothing is asked yet; times are seconds. API 2 takes `api_key`, 1.9 `username` and `password`.
    `connect_timeout` is for a connection, `read_timeout` for each further piece of a reply,
    `deadline` for all of a call, retries too. At most `max_concurrency` requests are under way at
    once; the governor, which clients of one upstream should share, gives leave for each.

    Raises:
        NotConfigured: If credentials are missing or the URL is unusable, naming the setting.
    """
    transport = Transport(
        base_url(api_url),
        credentials(api_version, api_key, username, password),
        time_outs=(connect_timeout, read_timeout),
        max_concurrency=max_concurrency,
        governor=governor,
        observe=observe,
        sleep=sleep,
        new_deadline=lambda: Deadline(deadline, clock),
        ca_bundle=ca_bundle,
    )
    return OnetClient(transport, api_version, listed or ListedCodes())
