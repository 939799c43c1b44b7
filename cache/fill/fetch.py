"""Asks the upstream for one entry and turns what it says into something to publish."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from cache.entries.canonical import Figures, canonical_figure
from cache.entries.publish import Fill
from cache.policy import Limits
from onet_client.client import OnetClient
from onet_client.deadline import Deadline
from onet_client.errors import BadReply, DeadlineExceeded, NoData, UnknownCode
from onet_client.rows import RatingRow


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where entries are fetched from.

    Attributes:
        url: the base URL, kept with each entry as its source.
        deadline: seconds that one fill may take, retries included.
    """

    client: OnetClient
    url: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is fetched, and the release that the upstream said it serves just before."""

    domain: str
    code: str
    release: str


class ServedRelease:
    """The upstream's word on the release that it serves, shared by fills that began together.

    It is asked for anew once it is as old as it gets within one fill that takes its whole time.
    """

    def __init__(self, upstream: Upstream, now: Callable[[], datetime]) -> None:
        self._upstream = upstream
        self._now = now
        self._lock = Lock()
        self._told: tuple[str, datetime] | None = None

    def ask(self, deadline: Deadline) -> tuple[str, datetime]:
        """Return the release, and when the upstream was asked for it.

        Raises:
            OnetError: where the upstream did not tell in time.
        """
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise DeadlineExceeded("which release is served was not told in time")
        try:
            now = self._now()
            told = self._told
            if told is None or (now - told[1]).total_seconds() >= self._upstream.deadline:
                told = self._told = self._upstream.client.release(deadline=deadline), now
            return told
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Ask anew from now on, since what was told has been overtaken."""
        self._told = None


def fetch(
    upstream: Upstream,
    asked: Asked,
    limits: Limits,
    now: Callable[[], datetime],
    deadline: Deadline,
) -> Fill:
    """Fetch one occupation's ratings in one domain, complete or not at all.

    Raises:
        OnetError: where the upstream did not give a complete answer; only its confirmed word
            that there is no such code, or that there are no ratings, is an answer.
    """
    client, domain, code = upstream.client, asked.domain, asked.code
    fill = Fill(
        domain=domain,
        code=code,
        state="unknown",
        release=asked.release,
        source_url=upstream.url,
        fetched_at=now(),
        expires_at=limits.expiry(now(), negative=True),
    )
    try:
        occupation = client.occupation(code, deadline=deadline)
    except UnknownCode:
        return fill
    fill = replace(fill, state="empty", title=occupation.title, description=occupation.description)
    try:
        ratings = client.ratings(code, domain, deadline=deadline)
    except NoData:
        return fill
    return replace(
        fill,
        state="rated",
        expires_at=limits.expiry(fill.fetched_at),
        names={rating.element_id: rating.element_name for rating in ratings},
        figures=figures_of(ratings),
    )


def figures_of(ratings: Iterable[RatingRow]) -> list[Figures]:
    """Turn ratings into what is stored and hashed, in their order.

    Raises:
        BadReply: where a figure is beyond what is stored exactly.
    """
    try:
        return [_figures(rating) for rating in ratings]
    except ValueError as error:
        raise BadReply("a figure beyond what a rating can hold") from error


def _figures(rating: RatingRow) -> Figures:
    error, low, high = (
        None if figure is None else canonical_figure(figure)
        for figure in (rating.standard_error, rating.lower_ci, rating.upper_ci)
    )
    return Figures(
        element_id=rating.element_id,
        scale_id=rating.scale_id,
        value=canonical_figure(rating.value),
        n=rating.n,
        standard_error=error,
        lower_ci=low,
        upper_ci=high,
        recommend_suppress=rating.recommend_suppress,
        not_relevant=rating.not_relevant,
        date_updated=rating.date_updated,
        domain_source=rating.domain_source,
    )
