"""The upstream as fills ask it, with credentials or without."""

from typing import TYPE_CHECKING

from onet_client.errors import NotConfigured

if TYPE_CHECKING:  # commands that ask nothing need not import it
    from onet_client.client import OnetClient


class Upstream:
    """Where entries are fetched from.

    Attributes:
        url: the base URL, kept with each entry as its source.
        deadline: seconds that one fill may take, retries included.
    """

    def __init__(
        self,
        client: "OnetClient | NotConfigured",
        url: str,
        deadline: float,
        guessing: "OnetClient | None" = None,
    ) -> None:
        """Ask `client`, or `guessing` about codes that no list has; see `guesses`.

        Without credentials there is an error in place of the client, which says what is missing.
        """
        # Of an error the words alone are kept: its traceback holds the request that met it first.
        self._client = str(client) if isinstance(client, NotConfigured) else client
        self._guessing = guessing
        self.url = url
        self.deadline = deadline

    @property
    def is_configured(self) -> bool:
        """Whether there are credentials to ask with."""
        return not isinstance(self._client, str)

    @property
    def client(self) -> "OnetClient":
        """The client to ask.

        Raises:
            NotConfigured: without credentials, naming the setting that is missing.
        """
        if isinstance(self._client, str):
            raise NotConfigured(self._client)
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
