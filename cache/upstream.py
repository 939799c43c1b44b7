"""The upstream as fills ask it, with credentials or without."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Protocol

from onet_client.deadline import Deadline
from onet_client.errors import NotConfigured
from onet_client.listed_codes import ListedCodes
from onet_client.meanings import MeaningTables
from onet_client.paging import DomainCheck, Position
from onet_client.rows import OccupationRow, RatingRow


class UpstreamClient(Protocol):
    """What is asked of the upstream; `onet_client.client.OnetClient` has the details.

    Each method raises OnetError where there is no complete answer by the deadline.

    Attributes:
        listed: the codes that there are, as far as they were read.
        meanings: reads the tables of what elements and levels mean.
    """

    listed: ListedCodes
    meanings: MeaningTables

    def tables(self, *, deadline: Deadline | None = None) -> Sequence[str]:
        """Ask which tables there are."""

    def release(self, *, deadline: Deadline | None = None) -> str:
        """Ask which release is served."""

    def occupation(self, code: str, *, deadline: Deadline | None = None) -> OccupationRow:
        """Ask for an occupation's texts."""

    def ratings(
        self, code: str, domain: str, *, deadline: Deadline | None = None
    ) -> Sequence[RatingRow]:
        """Ask for an occupation's ratings in a domain."""

    def successors(self, code: str) -> Sequence[OccupationRow]:
        """Ask what became of a code of the 2010 taxonomy."""

    def occupations(self, *, deadline: Deadline | None = None) -> Sequence[OccupationRow]:
        """Ask for the list of occupations."""

    def domain_tables(self, domain: str, *, deadline: Deadline | None = None) -> Sequence[str]:
        """Ask which tables hold a domain."""

    def table_pages(
        self, table: str, position: Position, check: DomainCheck
    ) -> Iterator[tuple[Sequence[RatingRow], Position]]:
        """Ask for the pages of a table after a position."""


class Upstream:
    """Where entries are fetched from.

    Attributes:
        is_configured: there are credentials to ask with.
        url: the base URL, kept with each entry as its source.
        deadline: seconds that one fill may take, retries included.
    """

    is_configured: ClassVar[bool] = True

    def __init__(
        self,
        client: UpstreamClient,
        url: str,
        deadline: float,
        guessing: UpstreamClient | None = None,
    ) -> None:
        """Ask `client`, or `guessing` about codes that no list has; see `guesses`."""
        self._client = client
        self._guessing = guessing
        self.url = url
        self.deadline = deadline

    @property
    def client(self) -> UpstreamClient:
        """The client to ask."""
        return self._client

    @property
    def guesses(self) -> "Upstream":
        """The same upstream as it is asked about codes that no list has.

        Anyone can make some up, so a small share of the pace, and a connection of their own, are
        for them.
        """
        if self._guessing is None:
            return self
        return Upstream(self._guessing, self.url, self.deadline)

    def check(self) -> None:
        """Return where there are credentials to ask with.

        Raises:
            NotConfigured: naming the setting that is missing.
        """
        _ = self.client


class NoUpstream(Upstream):
    """An upstream without credentials; its `client` raises NotConfigured."""

    is_configured = False

    def __init__(self, missing: NotConfigured, url: str, deadline: float) -> None:
        self._missing = str(missing)
        self._guessing = None
        self.url = url
        self.deadline = deadline

    @property
    def client(self) -> UpstreamClient:
        """Nobody to ask."""
        # A new error each time, since the traceback of one that is kept would grow.
        raise NotConfigured(self._missing)
