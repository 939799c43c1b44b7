"""Downloads a file, resuming where an earlier try ended."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Final, NamedTuple

import requests

from onet_client.archive.bounds import MEGABYTE, Bounds, DownloadDeadline, Tries, trying
from onet_client.archive.http_client import ArchiveClient, refusal
from onet_client.archive.part import Origin, Part, storing, validator
from onet_client.errors import BadReply, Unreachable

Progress = Callable[[int, int | None], None]
"""Called with the bytes that have arrived, and those of the whole file where known."""

ZIP_START: Final = b"PK\x03\x04"
PIECE: Final = 65_536


class Place(NamedTuple):
    """Where the body of a reply belongs in the file, and the file's bytes; None where unknown."""

    offset: int
    total: int | None


def place(
    status: int, headers: Mapping[str, str], origin: Origin | None, size: int
) -> Place | None:
    """Where the body of a reply belongs (RFC 9110, sections 14 and 15.5.17).

    Args:
        status: of the reply, 200, 206 or 416.
        headers: of the reply, by names in any case of letters.
        origin: what is resumed; None where the whole file was asked for.
        size: bytes that have arrived.

    Returns:
        None where the reply does not continue what has arrived.
    """
    if status == requests.codes.ok:
        length = headers.get("Content-Length", "")
        return Place(0, int(length) if re.fullmatch("[0-9]{1,15}", length) else None)
    said = re.fullmatch(
        r"bytes (?:([0-9]{1,15})-[0-9]{1,15}|\*)/([0-9]{1,15})", headers.get("Content-Range", "")
    )
    if origin is None or said is None:
        return None
    start, total = said[1], int(said[2])
    if status == requests.codes.requested_range_not_satisfiable:
        return Place(size, total) if total == size else None
    same = validator(headers) in ("", origin.validator) and origin.total in (None, total)
    return Place(size, total) if same and start == str(size) else None


class Download:
    """The transfer of one file.

    Attributes:
        resumed: whether a piece of it was added to what an earlier try had brought.
    """

    def __init__(
        self,
        client: ArchiveClient,
        part: Part,
        bounds: Bounds,
        progress: Progress,
        sleep: Callable[[float], None],
    ) -> None:
        self.resumed = False
        self._client = client
        self._part = part
        self._bounds = bounds
        self._progress = progress
        self._sleep = sleep
        self._furthest = 0

    def run(self, url: str, deadline: DownloadDeadline) -> None:
        """Fetch what is missing, try after try.

        Raises:
            OnetError: where it does not come; what has come of it stays for the next time.
        """
        self._furthest = self._part.size if self._part.origin(url) else 0
        trying(self._sleep)(self._attempt, Tries(deadline), url, deadline)

    def _attempt(self, tries: Tries, url: str, deadline: DownloadDeadline) -> None:
        origin = self._part.origin(url)
        size = self._part.size if origin else 0
        if origin and origin.total == size:
            return
        headers = {"Accept-Encoding": "identity"}
        if origin:
            headers |= {"Range": f"bytes={size}-", "If-Range": origin.validator}
        with self._client.open(url, headers, deadline) as response:
            self._accept(response)
            where = place(response.status_code, response.headers, origin, size)
            if where is None:
                self._part.discard()
                raise Unreachable("it does not go on from what is here")
            self._check_size(where.total or 0)
            if size and where.offset == where.total:
                return
            # As it comes: a read that waits for more would lose what came before a stall.
            pieces = iter(lambda: response.raw.read1(PIECE, decode_content=False), b"")
            first = next(pieces, b"")
            if where.offset:
                self.resumed = True
            elif not ZIP_START.startswith(first[: len(ZIP_START)]):
                raise BadReply(f"what comes is no .zip file{_kind(response)}")
            else:
                self._part.begin(Origin(url, validator(response.headers), where.total))
            self._append(chain([first], pieces), where, tries, deadline)

    def _accept(self, response: requests.Response) -> None:
        codes = requests.codes
        if response.status_code not in (codes.ok, codes.partial, codes.range_not_satisfiable):
            raise refusal(response)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise BadReply("it packs the file once more, unasked")

    def _append(
        self, pieces: Iterable[bytes], where: Place, tries: Tries, deadline: DownloadDeadline
    ) -> None:
        size = where.offset
        with self._part.appending() as file:
            for piece in pieces:
                size += len(piece)
                self._check_size(size)
                with storing(self._part.path):
                    file.write(piece)
                    file.flush()
                deadline.relax()
                if size > self._furthest:
                    self._furthest, tries.fruitless = size, 0
                self._progress(size, where.total)
                deadline.check()
        if where.total is not None and size != where.total:
            raise Unreachable(f"it broke off after {size:,} of {where.total:,} bytes")

    def _check_size(self, size: int) -> None:
        most = self._bounds.file_bytes
        if size > most:
            self._part.discard()
            raise BadReply(f"the file is larger than {most / MEGABYTE:g} MB")


def _kind(response: requests.Response) -> str:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    return f" but {kind}" if re.fullmatch(r"[\w.+-]{1,40}/[\w.+-]{1,40}", kind, re.ASCII) else ""
