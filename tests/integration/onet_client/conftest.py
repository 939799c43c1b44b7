"""What the client talks to where a look-alike would be too well-behaved."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from support.scripted_server import ScriptedServer


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Starts a server that answers by a script, with TLS where it is given a context."""
    with ExitStack() as stack:

        def start(
            answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
        ) -> ScriptedServer:
            server = ScriptedServer(answer, tls)
            stack.callback(server.stop)
            return server

        yield start
