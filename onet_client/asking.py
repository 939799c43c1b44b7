"""Asking for one thing, or for a list page by page, and reading what comes."""

from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import urljoin

from onet_client.deadline import Deadline
from onet_client.errors import OnetError
from onet_client.interpret import Page
from onet_client.paging import BEGINNING, PageSequence, Position
from onet_client.reply import Reply
from onet_client.retries import Exchange
from onet_client.transport import Transport

T = TypeVar("T")


class Asker:
    """Asks below the base URL of a transport, and hands replies to those who can read them."""

    def __init__(self, transport: Transport, new_deadline: Callable[[], Deadline]) -> None:
        self._transport = transport
        self.new_deadline = new_deadline

    def ask(self, path: str, read: Callable[[Reply], T], deadline: Deadline | None) -> T:
        """What is read in the reply; without a deadline, in the configured seconds.

        Raises:
            OnetError: Of the transport or of `read`, with URL and attempts.
        """
        exchange = Exchange(
            urljoin(self._transport.base_url, path), deadline or self.new_deadline()
        )
        reply = self._transport.get(exchange)
        try:
            return read(reply)
        except OnetError as error:
            error.url, error.attempts = exchange.url, exchange.attempts
            raise

    def pages(
        self,
        path: str,
        read: Callable[[Reply], Page[T]],
        deadline: Deadline | None,
        position: Position = BEGINNING,
    ) -> Iterator[tuple[Page[T], Position]]:
        """The pages of the list at a path that come after a position, with the one after each.

        Without a deadline each page has the configured seconds of its own.
        """
        base = self._transport.base_url
        sequence: PageSequence[T] = PageSequence(base, base + path, position)
        while sequence.url is not None:
            page = self.ask(sequence.url, lambda reply: sequence.accept(read(reply)), deadline)
            yield page, sequence.position
            del page  # or it would be held while the next one is read
