"""Sessions of `requests` for asking O*NET, and what their exceptions mean."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import requests
from requests.auth import AuthBase
from requests.utils import get_environ_proxies
from urllib3.exceptions import ReadTimeoutError

from onet_client import errors
from onet_client.deadline import Deadline
from onet_client.deadline_adapter import DeadlineAdapter
from onet_client.version import VERSION

USER_AGENT = f"skillgap/{VERSION} (onet_client; pull-through cache of O*NET data)"

MAX_REDIRECTS = 3


class Session(requests.Session):
    """A session that follows no redirect by itself."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None, whatever the reply."""
        # The library would read a redirect's whole body, however long, and prepare the next
        # request with the credentials, before anyone could look where it leads.
        return None


def new_session(
    base_url: str, auth: AuthBase | None, accept: str, ca_bundle: Path | None = None
) -> Session:
    """A new session of one connection, whose reads obey `reading_until`.

    It trusts the certificates of `ca_bundle`, a file, or the public ones where that is None.
    It reads neither .netrc nor any setting of TLS verification from the environment; HTTPS_PROXY
    and NO_PROXY are heeded for https, where a proxy sees no credentials.
    """
    session = Session()
    session.trust_env = False
    session.auth = auth
    if ca_bundle is not None:
        session.verify = str(ca_bundle)
    session.headers.update({"Accept": accept, "User-Agent": USER_AGENT})
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter(pool_connections=1, pool_maxsize=1))
    if base_url.startswith("https:"):
        session.proxies.update(get_environ_proxies(base_url))
    return session


def timeouts(deadline: Deadline, connect: float, read: float) -> tuple[float, float]:
    """The time-outs of a request in seconds, neither beyond the deadline."""
    left = max(deadline.remaining(), 0.001)  # the library takes no time-out of 0
    return min(connect, left), min(read, left)


def translated(error: Exception, *, deadline_passed: bool) -> errors.OnetError:
    """What an exception of `requests` or `urllib3` means."""
    if isinstance(error, requests.RequestException):
        error.request = None  # it holds the credentials
    if isinstance(error, requests.Timeout | ReadTimeoutError) or any(
        isinstance(cause, ReadTimeoutError) for cause in error.args
    ):
        if deadline_passed:
            return errors.DeadlineExceeded("the time for the whole call ran out in a request")
        return errors.TimedOut("no answer within the time-out")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return errors.BadReply("a body that its Content-Encoding does not fit")
    said = _tls_trouble(error)
    return errors.Unreachable(
        f"no TLS connection: {said}" if said else "no connection, or one that broke"
    )


def _tls_trouble(error: BaseException) -> str | None:
    """What went wrong with TLS, in the words of OpenSSL; None where something else did."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{cause.verify_message} (ONET_CA_BUNDLE names certificates to trust)"
        if isinstance(cause, ssl.SSLError):
            return (cause.reason or "the handshake failed").replace("_", " ").lower()
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those within it, wherever `requests` and `urllib3` put them."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
