"""The upstream as fills ask it, with credentials or without."""

from typing import TYPE_CHECKING, ClassVar

from onet_client.errors import NotConfigured

if TYPE_CHECKING:  # commands that ask nothing need not import it
    from onet_client.client import OnetClient


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
        client: "OnetClient",
        url: str,
        deadline: float,
        guessing: "OnetClient | None" = None,
    ) -> None:
        """Ask `client`, or `guessing` about codes that no list has; see `guesses`."""
        self._client = client
        self._guessing = guessing
        self.url = url
        self.deadline = deadline

    @property
    def client(self) -> "OnetClient":
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
    def client(self) -> "OnetClient":
        """Nobody to ask."""
        # A new error each time, since the traceback of one that is kept would grow.
        raise NotConfigured(self._missing)
