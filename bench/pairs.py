"""Which skill gaps are asked for, and the answer that the ceilings give."""

import json
import random
from collections.abc import Sequence
from http.client import HTTPResponse
from pathlib import Path

from bench.load import Traffic
from bench.servers import Server


def rated_codes(release: Path) -> list[str]:
    """Return the codes of a release that have ratings, in order."""
    with (release / "Skills.txt").open(encoding="utf-8") as file:
        next(file)
        return sorted({line[:10] for line in file})


def random_targets(codes: Sequence[str], number: int) -> list[str]:
    """Return so many different skill gaps, or as many as there are; the same every time."""
    chosen = random.Random(29)
    most = len(codes) * (len(codes) - 1)
    found: dict[str, None] = {}
    while len(found) < min(number, most):
        source, target = chosen.sample(codes, 2)
        found[f"/skill-gap?from={source}&to={target}"] = None
    return list(found)


def typical(server: Server, targets: Sequence[str]) -> str:
    """Return the target whose answer has the median size."""
    sized = sorted((len(server.ask(target)[1]), target) for target in targets)
    return sized[len(sized) // 2][1]


def keep_answer(server: Server, target: str, file: Path) -> None:
    """Write the server's answer, in full and as a 304, for the ceilings."""
    full, body = server.ask(target)
    short, _ = server.ask(target, {"If-None-Match": full.headers["ETag"] or ""})
    if (full.status, short.status) != (200, 304):
        raise RuntimeError(f"{target} gave {full.status} and {short.status}: {body[:300]!r}")
    _write(file, body, full=full, short=short)


def keep_posted(server: Server, target: str, posted: str, file: Path) -> None:
    """Write the server's answer to what is posted, for the ceiling."""
    full, body = server.ask(target, body=posted)
    if full.status != 200:
        raise RuntimeError(f"{target} gave {full.status}: {body[:300]!r}")
    _write(file, body, full=full, short=full)


def _write(file: Path, body: bytes, **answers: HTTPResponse) -> None:
    left_out = {"server", "transfer-encoding", "connection"}  # the server's own
    kept = {
        name: [(key, value) for key, value in answer.getheaders() if key.lower() not in left_out]
        for name, answer in answers.items()
    }
    file.write_text(json.dumps(kept | {"body": body.decode()}))


def again(server: Server, target: str) -> Traffic:
    """Ask for what is known already; the ETag tells when it was fetched, so each has its own."""
    etag = server.ask(target)[0].headers["ETag"]
    return Traffic([target], 32, {"If-None-Match": etag}, 304)
