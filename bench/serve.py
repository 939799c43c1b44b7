"""The product's server, and Granian with as many workers and threads for what it is held against.

Usage: python -m bench.serve KIND WORKERS [THREADS [log]], with PORT in the environment.

`wsgi` and `flask` give the answer in the file of BENCH_ANSWER to everything, or its short form to
whoever sends If-None-Match; `waiting` is `wsgi` with a path that takes its time; `whole` is the
product, `slow` the product without its response cache. `log` writes an access log.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from granian.constants import Interfaces
from granian.server import Server

from app.server import http_process
from app.server.http_process import THREADS
from app.server.listener import claim
from app.server.metrics_folder import shared_metrics
from app.server.serve import CONNECTIONS, make_server

WAIT, WAIT_SECONDS = "/wait", 0.05
"""The path of `waiting` that waits, as a miss does for the upstream, and how long."""


def _kept() -> dict[str, Any]:
    kept = json.loads(Path(os.environ["BENCH_ANSWER"]).read_text())
    for form in ("full", "short"):
        kept[form] = [(name, value) for name, value in kept[form]]
    return kept | {"body": kept["body"].encode()}


def wsgi() -> Callable[..., Iterable[bytes]]:
    """Make a callable that does nothing but answer."""
    kept = _kept()
    full, short, body = kept["full"], kept["short"], [kept["body"]]

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 NOT MODIFIED", short)
            return []
        start_response("200 OK", full)
        return body

    return application


def waiting() -> Callable[..., Iterable[bytes]]:
    """Make a callable that waits where it is asked to, and else does nothing but answer."""
    answer = wsgi()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == WAIT:
            time.sleep(WAIT_SECONDS)
        return answer(environ, start_response)

    return application


def flask() -> Callable[..., Iterable[bytes]]:
    """Make a Flask application of one view, and of one that takes a body."""
    from flask import Flask, Response, request

    kept = _kept()
    application = Flask("bare")

    @application.get("/skill-gap")
    def view() -> Response:
        return Response(kept["body"], headers=kept["full"])

    @application.post("/skill-gap")
    def posted() -> Response:
        request.get_data()
        return Response(kept["body"], headers=kept["full"])

    return application


def whole() -> Callable[..., Iterable[bytes]]:
    """Make the product's worker."""
    from app import create_served_app

    return create_served_app()


def slow() -> Callable[..., Iterable[bytes]]:
    """Make the product's worker, its response cache switched off."""
    from functools import partial

    import app

    app.create_app = partial(app.create_app, response_cache=False)
    return whole()


OURS: Final = frozenset({"whole", "slow"})
"""Kinds that are the product."""


def main(kind: str, workers: str, threads: str = str(THREADS), log: str = "") -> None:
    """Serve until SIGTERM."""
    target, port = f"bench.serve:{kind}", int(os.environ["PORT"])
    with shared_metrics(None):
        if kind in OURS:
            listener = claim("127.0.0.1", port)
            server = make_server(target, listener, port, int(workers))
            server.serve(spawn_target=http_process.run)
            return
        Server(
            target,
            factory=True,
            address="127.0.0.1",
            port=port,
            interface=Interfaces.WSGI,
            workers=int(workers),
            blocking_threads=int(threads),
            backpressure=CONNECTIONS,
            websockets=False,
            log_access=log == "log",
        ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
