"""A folder of text releases, to which missing ones are downloaded from the archive."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from onet_client.archive.bounds import MEGABYTE, Bounds, DownloadDeadline, Tries, trying
from onet_client.archive.check import Identify, check
from onet_client.archive.download import Download, Progress
from onet_client.archive.http_client import ArchiveClient
from onet_client.archive.number import ReleaseNumber, release_file, release_url
from onet_client.archive.pages import ReleaseLink, newest, text_releases
from onet_client.archive.part import Part, storing
from onet_client.deadline import Deadline
from onet_client.errors import BadReply, DeadlineExceeded, NotFound, OnetError

CURRENT_PAGE: Final = "database.html"
OLDER_PAGE: Final = "db_releases.html"
LOOK_INTERVAL: Final = 0.2
"""Seconds between two looks whether another process has finished."""


class Archive:
    """Fetches text releases into a folder, in which each is whole or not there.

    Any number of processes may share the folder: one fetches, the others wait for it. `say` gets
    one line for each step.
    """

    def __init__(
        self,
        base_url: str,
        folder: Path,
        *,
        identify: Identify,
        progress: Progress,
        say: Callable[[str], None],
        bounds: Bounds | None = None,
        ca_bundle: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._client = ArchiveClient(base_url, self._bounds, ca_bundle)
        self._folder = folder
        self._identify = identify
        self._progress = progress
        self._say = say
        self._sleep = sleep

    def newest(self) -> Path:
        """The newest text release, which is looked for on the archive's page.

        Raises:
            OnetError: where the archive cannot be reached or sends something else, or what it
                sends cannot be kept; with the URL that was asked.
        """
        deadline = DownloadDeadline(self._bounds)
        url = self._client.base_url + CURRENT_PAGE
        self._say(f"Asking {url} for the newest release of the O*NET Database")
        page = self._page(url, deadline)
        try:
            listed = newest(page, url, self._client.base_url)
        except BadReply as error:
            error.url = url
            raise
        return self._fetched(listed, deadline)

    def numbered(self, number: ReleaseNumber) -> Path:
        """A text release by its number; the archive is asked only where it is not here.

        Raises:
            OnetError: as `newest` does; NotFound where the archive has no such release.
        """
        base, deadline = self._client.base_url, DownloadDeadline(self._bounds)
        usual = ReleaseLink(number, release_url(number, base))
        try:
            return self._fetched(usual, deadline)
        except NotFound as error:
            listed = self._listed(deadline)
            if url := listed.get(number):
                return self._fetched(ReleaseLink(number, url), deadline)
            held = f"; the newest there is {max(listed)}" if listed else ""
            said = f"it has no text release {number}{held}"
            raise NotFound(said, status=error.status, url=error.url) from error

    def kept(self) -> Path | None:
        """The newest text release in the folder; None where there is none."""
        found = [
            (number, path)
            for path in self._folder.glob("*.zip")
            if (number := ReleaseNumber.of_file(path.name))
        ]
        whole = (path for number, path in sorted(found, reverse=True) if self._is_whole(number))
        return next(whole, None)

    def _page(self, url: str, deadline: Deadline) -> str:
        return trying(self._sleep)(lambda _: self._client.page(url, deadline), Tries(deadline))

    def _listed(self, deadline: Deadline) -> dict[ReleaseNumber, str]:
        """The releases that the archive's pages link; what cannot be read links none."""
        base, listed = self._client.base_url, dict[ReleaseNumber, str]()
        for name in (OLDER_PAGE, CURRENT_PAGE):
            with suppress(OnetError):
                listed |= text_releases(self._page(base + name, deadline), base + name, base)
        return listed

    def _is_whole(self, number: ReleaseNumber) -> bool:
        with suppress(BadReply):
            check(self._folder / release_file(number), number, self._identify, self._bounds)
            return True
        return False

    def _fetched(self, listed: ReleaseLink, deadline: DownloadDeadline) -> Path:
        place = self._folder / release_file(listed.number)
        if self._is_whole(listed.number):
            return place
        try:
            with self._alone() as waited:
                if not self._is_whole(listed.number):
                    self._say(f"Downloading {listed.url}")
                    part = Part(place.with_name(f"{place.name}.part"))
                    if waited:
                        deadline = DownloadDeadline(self._bounds)
                    self._fetch(listed, part, deadline)
        except OnetError as error:
            error.url = error.url or listed.url
            raise
        return place

    def _fetch(self, listed: ReleaseLink, part: Part, deadline: DownloadDeadline) -> None:
        while True:
            download = Download(self._client, part, self._bounds, self._progress, self._sleep)
            download.run(listed.url, deadline)
            try:
                check(part.path, listed.number, self._identify, self._bounds)
            except BadReply:
                part.discard()
                if not download.resumed:
                    raise
            else:
                megabytes = part.size / MEGABYTE
                place = self._folder / release_file(listed.number)
                part.move_to(place)
                self._say(f"Downloaded {megabytes:.1f} MB, whole: {place}")
                return

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Wait until no other process fetches into the folder, and yield whether any did.

        The system ends the claim of a process that has died.

        Raises:
            DeadlineExceeded: where another takes longer than a download may.
            CannotStore: where the folder cannot be written to.
        """
        deadline, waited = Deadline(self._bounds.whole), False
        with storing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            claim = (self._folder / ".lock").open("wb")
        with claim:
            while not self._is_claimed(claim.fileno()):
                if deadline.remaining() <= 0:
                    raise DeadlineExceeded("another process has been fetching it for too long")
                if not waited:
                    self._say(f"Another process downloads to {self._folder}: waiting for it")
                waited = True
                self._sleep(LOOK_INTERVAL)
            yield waited

    def _is_claimed(self, descriptor: int) -> bool:
        with storing(self._folder):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True
