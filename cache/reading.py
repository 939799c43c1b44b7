"""An entry as a request reads it, and the errors where there is nothing to serve."""

from collections.abc import Sequence
from typing import NamedTuple

from cache.policy import READ_RESULTS, Entry, ReadOutcome, ReadResult
from cache.profile import Profile
from onet_client.errors import OnetError


class Reading(NamedTuple):
    """An entry as a request got it.

    Attributes:
        collapsed: another request had begun its fill.
        unchecked: it is a copy that the database could not be asked about.
    """

    entry: Entry
    profile: Profile
    outcome: ReadOutcome
    collapsed: bool = False
    unchecked: bool = False

    @property
    def result(self) -> ReadResult:
        """What it counts as."""
        is_negative = self.outcome == "hit" and self.entry.state != "rated"
        return "negative" if is_negative else READ_RESULTS[self.outcome]


class NotAtHand(Exception):
    """What is asked for cannot be read without waiting: there is no copy known to be good."""


class NotListed(Exception):
    """No list has a code, and only those that one has are to be asked for."""


class ReadFailed(Exception):
    """An entry has nothing to serve; `readings` has all entries that the request asked for."""

    def __init__(
        self, reading: Reading, readings: Sequence[Reading], cause: OnetError | None = None
    ) -> None:
        super().__init__(f"{reading.entry.key} has nothing to serve")
        self.code = reading.entry.code
        self.reading = reading
        self.readings = readings
        self.cause = self.__cause__ = cause


class UnknownOccupation(ReadFailed):
    """O*NET has no such occupation."""


class NoRatings(ReadFailed):
    """O*NET has the occupation and publishes no ratings for it."""


class FillFailed(ReadFailed):
    """The entry is not cached and could not be fetched; `cause` says why."""
