"""`POST /skill-gap` answered before Flask sees it, where all is at hand and nothing is refused.

Nothing of a body may be kept, so there is no finished answer to give again; but Flask takes as long
as to compare. So the thread that has the body answers it: without waiting, and as the view would to
the byte. What it cannot answer so is left to the view, errors included.
"""

from typing import TYPE_CHECKING, Any, Final

from app.gaps.schema import gap_choice
from app.profiles.json_body import own_gap_body
from app.profiles.schema import LONGEST_BODY, OwnGapQuery, own_of
from app.query_fields import strict_json
from app.response_cache.answer import as_json
from app.response_cache.headers import unkept_headers
from app.response_cache.middleware import ReadyAnswer
from app.response_cache.negotiation import GZIP, gzipped, is_packable, prefers_csv, prefers_gzip
from app.server.environ import Header

if TYPE_CHECKING:
    from app.wiring.container import Services

PATH: Final = "/skill-gap"
JSON: Final = "application/json"


class PostedGaps:
    """Compares what is posted with what is at hand; keeps nothing of it."""

    def __init__(self, services: "Services") -> None:
        self._schema = OwnGapQuery()
        self._services = services

    def find(self, path: str, query: str, header: Header, body: bytes) -> ReadyAnswer | None:
        """Return the answer to a POST with each of its headers once; None where the view has to.

        Whatever fails here fails there again, and is logged there without a word of the body.
        """
        if path != PATH or query or not _is_json(header) or len(body) > LONGEST_BODY:
            return None
        try:
            asked = self._schema.load(strict_json(body))
            return None if asked["format"] == "csv" else self._compared(header, asked)
        except Exception:  # noqa: BLE001 - see above
            return None

    def _compared(self, header: Header, asked: dict[str, Any]) -> ReadyAnswer:
        """Compare what is asked for.

        Raises:
            NotAtHand: where something has to be waited for.
        """
        wired, cors = self._services, self._services.cors
        pair = wired.profiles.pair_at_hand(own_of(asked), asked["target"], asked["domain"])
        text = as_json(own_gap_body(pair, gap_choice(asked), wired.baseline.closer_than_at_hand))
        headers = unkept_headers(text, pair.readings, wired.now())
        if is_packable(JSON, len(text)) and prefers_gzip(header("accept-encoding")):
            text = gzipped(text)
            headers |= {"Content-Length": str(len(text)), GZIP[0]: GZIP[1]}
        given = "X-Request-ID", wired.request_ids.taken_or_made(header("x-request-id"))
        sent = [*cors.added_to(headers.items()), given]
        if cors.by_origin:
            sent += cors.allowed(header("origin"))
        wired.counters.counter(PATH, 200, len(pair.readings))()
        return ReadyAnswer(200, sent, text)


def _is_json(header: Header) -> bool:
    """Say whether a request has a body of JSON, as it is, and wants an answer of JSON."""
    return (
        (header("content-type") or "").partition(";")[0].rstrip() == JSON
        and header("content-encoding") is None
        and not prefers_csv(header("accept") or "")
    )
