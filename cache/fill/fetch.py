"""Fetches one entry from the upstream, to be published."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from threading import Lock
from typing import Any, Final, Literal, NamedTuple

from cache.entries.canonical import Figures, canonical_figure
from cache.entries.publish_fill import Fill
from cache.fill.leases import Lease
from cache.policy import Limits
from cache.upstream import Upstream
from onet_client.deadline import Deadline
from onet_client.errors import BadReply, DeadlineExceeded, NoData, UnknownCode
from onet_client.rows import RatingRow

_FIGURES: Final = attrgetter(*Figures._fields)


class Served(NamedTuple):
    """The release that the upstream serves, and when it was asked."""

    release: str
    asked_at: datetime


class ServedRelease:
    """The release that the upstream serves, asked once for fills that began together.

    It is asked anew once the answer is older than one fill may take. Making one without
    credentials raises NotConfigured.

    Attributes:
        upstream: whom these fills ask.
    """

    def __init__(self, upstream: Upstream, now: Callable[[], datetime]) -> None:
        self.upstream = upstream
        self._client = upstream.client
        self._now = now
        self._lock = Lock()
        self._answer: Served | None = None

    def ask(self, deadline: Deadline) -> Served:
        """Ask for the release, unless it was asked for lately.

        Raises:
            OnetError: where the upstream did not answer in time.
        """
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise DeadlineExceeded("which release is served was not told in time")
        try:
            now, answer = self._now(), self._answer
            if answer is None or (now - answer.asked_at).total_seconds() >= self.upstream.deadline:
                answer = self._answer = Served(self._client.release(deadline=deadline), now)
            return answer
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Ask anew from now on, since the answer has been overtaken."""
        self._answer = None


def fetch(
    upstream: Upstream,
    lease: Lease,
    release: str,
    limits: Limits,
    now: Callable[[], datetime],
    deadline: Deadline,
) -> Fill:
    """Fetch what is leased, whole, from the release that the upstream has just said it serves.

    Raises:
        OnetError: where the upstream did not give a complete answer. That it has no such code,
            or no ratings, is one only when the upstream confirms it.
    """
    client, fetched_at = upstream.client, now()

    def fill(state: Literal["rated", "empty", "unknown"], **content: Any) -> Fill:
        return Fill(
            domain=lease.domain,
            code=lease.code,
            state=state,
            release=release,
            source_url=upstream.url,
            fetched_at=fetched_at,
            expires_at=limits.expiry(fetched_at, state),
            **content,
        )

    try:
        occupation = client.occupation(lease.code, deadline=deadline)
    except UnknownCode:
        return fill("unknown")
    texts = {"title": occupation.title, "description": occupation.description}
    try:
        ratings = client.ratings(lease.code, lease.domain, deadline=deadline)
    except NoData:
        return fill("empty", **texts)
    names = {rating.element_id: rating.element_name for rating in ratings}
    return fill("rated", **texts, names=names, figures=figures_of(ratings))


def figures_of(ratings: Iterable[RatingRow]) -> list[Figures]:
    """Return ratings as they are stored and hashed, in their order.

    Raises:
        BadReply: where a figure is beyond what is stored exactly.
    """
    try:
        return [Figures(*map(_canonical, _FIGURES(rating))) for rating in ratings]
    except ValueError as error:
        raise BadReply("a figure beyond what a rating can hold") from error


def _canonical(value: Any) -> Any:
    return canonical_figure(value) if isinstance(value, Decimal) else value
