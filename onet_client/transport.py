"""Queries over HTTP: connections, time-outs, retries, and the governor's leave.

Each `requests.Session` is used by one thread at a time, as it is not made for more. There
are as many as requests may be under way at once, and to hold one is the leave to send.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from onet_client import errors
from onet_client.deadline import Deadline
from onet_client.deadline_adapter import reading_until
from onet_client.governor import Governor
from onet_client.interpret import Page
from onet_client.paging import BEGINNING, PageSequence, Position
from onet_client.reply import (
    Reply,
    Result,
    check_status,
    error_result,
    location,
    reply_result,
    retry_after,
)
from onet_client.retries import RETRIED_STATUSES, UpstreamQuery, retrying
from onet_client.sessions import MAX_REDIRECTS, Session, new_session, timeouts, translated
from onet_client.urls import resolve

MAX_BODY_BYTES = 20_000_000
"""Some thirty times a page of as many rows as a page can have."""

PAUSE = 1.0
"""Seconds that all wait after a 429 that does not say how long: the span a rate is given for."""

T = TypeVar("T")


class Transport:
    """Sends GET requests below one base URL, from any number of threads.

    A query has the deadline it is given, or else a new one from `new_deadline`; `time_outs` are
    seconds until there is a connection, and until a further byte comes.

    Follows no redirect but to the base URL's own scheme, host, port and path. What it heeds of the
    environment, `new_session` says.
    """

    def __init__(
        self,
        base_url: str,
        auth: AuthBase,
        *,
        time_outs: tuple[float, float],
        max_concurrency: int,
        governor: Governor,
        observe: Callable[[Result], None],
        sleep: Callable[[float], None],
        new_deadline: Callable[[], Deadline],
        ca_bundle: Path | None,
    ) -> None:
        self.new_deadline = new_deadline
        self.base_url = base_url
        self._timeouts = time_outs
        self._governor = governor
        self._observe = observe
        self._sleep = sleep
        self._sessions: queue.LifoQueue[Session] = queue.LifoQueue()
        for _ in range(max_concurrency):
            self._sessions.put(new_session(base_url, auth, "application/json", ca_bundle))
        self._retrying = retrying(sleep)

    def get(self, path: str, read: Callable[[Reply], T], deadline: Deadline | None) -> T:
        """Ask until there is a reply of status 200, and return what `read` makes of it.

        Raises:
            OnetError: With URL and attempts, also that of `read`; of a retried failure, the last.
        """
        query = UpstreamQuery(urljoin(self.base_url, path), deadline or self.new_deadline())
        try:
            return read(self._retrying(self._attempt, query))
        except errors.OnetError as error:
            error.url, error.attempts = query.url, query.attempts
            raise

    def pages(
        self,
        path: str,
        read: Callable[[Reply], Page[T]],
        deadline: Deadline | None,
        position: Position = BEGINNING,
    ) -> Iterator[tuple[Page[T], Position]]:
        """The pages of a list that come after a position, each with the position after it."""
        sequence: PageSequence[T] = PageSequence(self.base_url, self.base_url + path, position)
        while sequence.url is not None:
            page = self.get(sequence.url, lambda reply: sequence.accept(read(reply)), deadline)
            yield page, sequence.position
            del page  # or it would be held while the next one is read

    def _attempt(self, query: UpstreamQuery) -> Reply:
        with self._session(query.deadline) as session:
            for _ in range(MAX_REDIRECTS + 1):
                self._await_turn(query.deadline)
                query.attempts += 1
                reply = self._send(session, query)
                target = location(reply)
                if target is None:
                    check_status(reply)
                    return reply
                query.url = resolve(self.base_url, query.url, target)
        raise errors.BadReply("redirected again and again", status=reply.status)

    @contextmanager
    def _session(self, deadline: Deadline) -> Iterator[Session]:
        try:
            session = self._sessions.get(timeout=deadline.remaining())
        except queue.Empty:
            raise errors.DeadlineExceeded("no connection became free in time") from None
        try:
            yield session
        finally:
            self._sessions.put(session)

    def _await_turn(self, deadline: Deadline) -> None:
        deadline.check()
        while (wait := self._governor.acquire()) > 0:
            if wait >= deadline.remaining():
                raise errors.DeadlineExceeded(
                    "the next free moment to ask is after the deadline", retry_after=wait
                )
            self._sleep(wait)

    def _send(self, session: Session, query: UpstreamQuery) -> Reply:
        """Send one request, and report its outcome to the governor."""
        try:
            reply = self._observed(session, query)
        except errors.BadReply:
            self._governor.success()
            raise
        except errors.DeadlineExceeded:  # says how little time was left, not how the upstream is
            raise
        except errors.OnetError as error:
            self._governor.failure(str(error))
            raise
        if reply.status >= 500:
            self._governor.failure(f"an answer of status {reply.status}")
        else:
            self._governor.success()
        asked = retry_after(reply) if reply.status in RETRIED_STATUSES else None
        if asked is not None or reply.status == 429:
            self._governor.pause(PAUSE if asked is None else asked)
        return reply

    def _observed(self, session: Session, query: UpstreamQuery) -> Reply:
        try:
            reply = self._request(session, query)
        except BaseException as error:
            self._observe(error_result(error))
            raise
        self._observe(reply_result(reply))
        return reply

    def _request(self, session: Session, query: UpstreamQuery) -> Reply:
        deadline = query.deadline
        timeout = timeouts(deadline, *self._timeouts)
        try:
            with (
                reading_until(deadline),
                session.get(
                    query.url, timeout=timeout, allow_redirects=False, stream=True
                ) as response,
            ):
                body = _body(response, deadline) if response.status_code == 200 else b""
                return Reply(response.status_code, response.headers, body, datetime.now(UTC))
        except (requests.RequestException, HTTPError) as error:
            deadline_passed = deadline.remaining() <= 0
            raise translated(error, deadline_passed=deadline_passed) from error


def _body(response: requests.Response, deadline: Deadline) -> bytes:
    body = bytearray()
    for piece in response.iter_content(65_536):
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise errors.BadReply(f"a body of more than {MAX_BODY_BYTES} bytes", status=200)
        deadline.check()
    return bytes(body)
