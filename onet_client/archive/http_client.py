"""Requests to the archive: bounded in time, and never to another host."""

import contextvars
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import requests
from urllib3.exceptions import HTTPError

from onet_client import errors
from onet_client.archive.bounds import MEGABYTE, Bounds
from onet_client.deadline import Deadline
from onet_client.deadline_adapter import reading_until
from onet_client.reply import Reply, location, retry_after
from onet_client.sessions import MAX_REDIRECTS, new_session, timeouts, translated
from onet_client.urls import resolve


class ArchiveClient:
    """Sends GET requests below one base URL; follows no redirect away from it."""

    def __init__(self, base_url: str, bounds: Bounds, ca_bundle: Path | None = None) -> None:
        self.base_url = base_url
        self._bounds = bounds
        self._session = new_session(base_url, None, "*/*", ca_bundle)

    def page(self, url: str, deadline: Deadline) -> str:
        """The text of a page.

        Raises:
            OnetError: where there is none, or one too large; with its URL.
        """
        body, most = bytearray(), self._bounds.page_bytes
        with self.open(url, {}, deadline) as response:
            if response.status_code != requests.codes.ok:
                raise refusal(response)
            for piece in response.iter_content(65_536):
                body += piece
                if len(body) > most:
                    raise errors.BadReply(f"the page is larger than {most / MEGABYTE:g} MB")
                deadline.check()
        return body.decode("utf-8", "replace")

    @contextmanager
    def open(
        self, url: str, headers: Mapping[str, str], deadline: Deadline
    ) -> Iterator[requests.Response]:
        """Yield the reply that is no redirect, its body still to be read.

        Raises:
            OnetError: where none comes, or reading it fails; with the URL that was asked.
        """
        at = url
        try:
            with reading_until(deadline), _translating(deadline):
                for _ in range(MAX_REDIRECTS + 1):
                    with self._sent(at, headers, deadline) as response:
                        target = location(_without_body(response))
                        if target is None:
                            yield response
                            return
                        at = resolve(self.base_url, at, target)
            raise errors.BadReply("redirected again and again")
        except errors.OnetError as error:
            error.url = error.url or at
            raise

    def _sent(self, url: str, headers: Mapping[str, str], deadline: Deadline) -> requests.Response:
        """Send one request, and leave its thread behind at the deadline.

        Nothing else can cut the look-up of a host name short.
        """
        timeout = timeouts(deadline, self._bounds.connect, self._bounds.stall)
        outcome: Future[requests.Response] = Future()  # no executor's: its threads are waited for

        def send() -> None:
            try:
                response = self._session.get(
                    url, headers=headers, timeout=timeout, allow_redirects=False, stream=True
                )
                outcome.set_result(response)
            except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
                outcome.set_exception(error)

        Thread(target=contextvars.copy_context().run, args=(send,), daemon=True).start()
        wait([outcome], deadline.remaining())
        if not outcome.done():
            raise errors.DeadlineExceeded(f"no answer within {deadline.seconds:g} seconds")
        return outcome.result()


@contextmanager
def _translating(deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, HTTPError) as error:
        deadline.check()
        raise translated(error, deadline_passed=False) from error


def refusal(response: requests.Response) -> errors.OnetError:
    """The error that a reply other than the page or file stands for."""
    status = response.status_code
    kind: type[errors.OnetError] = errors.BadReply
    if status in (requests.codes.not_found, requests.codes.gone):
        kind = errors.NotFound
    elif status == requests.codes.too_many:
        kind = errors.RateLimited
    elif status >= requests.codes.server_error:
        kind = errors.UpstreamFailure
    asked = retry_after(_without_body(response))
    return kind(f"it answers with status {status}", status=status, retry_after=asked)


def _without_body(response: requests.Response) -> Reply:
    return Reply(response.status_code, response.headers, b"", datetime.now(UTC))
