"""The codes of the list of occupations, kept for the release that they are of."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import NamedTuple

from onet_client.deadline import Deadline
from onet_client.errors import DeadlineExceeded


class _KeptCodes(NamedTuple):
    release: str
    codes: frozenset[str]


class ListedCodes:
    """What the list of occupations has, read once for a release by whoever needs it first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: _KeptCodes | None = None

    @property
    def latest(self) -> frozenset[str] | None:
        """The codes of the list that was read last; None where none was."""
        return None if self._kept is None else self._kept.codes

    def has(self, code: str, release: str | None) -> bool | None:
        """Whether the list of a release has the code; None where that was not read."""
        kept = self._kept
        return None if kept is None or kept.release != release else code in kept.codes

    def of(
        self, release: str | None, read: Callable[[], Iterable[str]], deadline: Deadline
    ) -> frozenset[str]:
        """Return the codes of a release's list, by `read` where they are not kept.

        Without a release they are read each time, since nobody would notice another one.

        Raises:
            DeadlineExceeded: Where another thread did not read them in time.
        """
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise DeadlineExceeded("the list of occupations was not read in time")
        try:
            kept = self._kept
            if kept is not None and kept.release == release:
                return kept.codes
            codes = frozenset(read())
            if release is not None:
                self._kept = _KeptCodes(release, codes)
            return codes
        finally:
            self._lock.release()
