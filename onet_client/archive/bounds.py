"""Limits of time and size for the archive."""

from dataclasses import dataclass
from typing import Final

from onet_client.deadline import Deadline

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds and bytes. A text release is about 15 MB, and 120 MB unpacked.

    Attributes:
        connect: seconds until there is a connection.
        answer: seconds until the file begins to come, looking for it included, however often
            something is tried.
        stall: seconds without a further byte.
        whole: seconds for everything.
        page_bytes: of a page, unpacked.
        file_bytes: of a release as it comes.
        unpacked_bytes: of a release, all its files together.
        directory_bytes: of the list of files in a release.
    """

    connect: float = 5.0
    answer: float = 7.0
    stall: float = 10.0
    whole: float = 900.0
    page_bytes: int = 2 * MEGABYTE
    file_bytes: int = 100 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    directory_bytes: int = MEGABYTE


class DownloadDeadline(Deadline):
    """A short deadline for the archive to be reached, and a long one once the file comes."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(bounds.whole)
        self._whole = self.seconds
        self._answer: Deadline | None = Deadline(bounds.answer)
        self.seconds = bounds.answer

    def remaining(self) -> float:
        """Seconds left; 0.0 once it has passed."""
        left = super().remaining()
        return min(left, self._answer.remaining()) if self._answer else left

    def relax(self) -> None:
        """Begin the long deadline: the file has begun to come."""
        self._answer = None
        self.seconds = self._whole
