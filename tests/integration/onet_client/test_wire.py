"""What only a socket can show: slow bytes, broken connections, and connections kept."""

import gzip
import socket
import time
from collections.abc import Callable

import pytest
from support.canary import CANARY
from support.scripted_server import ABOUT, HEAD, WHOLE, ScriptedServer

from onet_client import errors
from onet_client.client import OnetClient, connect
from onet_client.deadline import Deadline
from onet_client.governor import InMemoryGovernor

pytestmark = pytest.mark.waits


def client_of(server: ScriptedServer) -> OnetClient:
    return connect(server.url, "2", api_key=CANARY, governor=InMemoryGovernor(1000))


def dripping(before: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    """Send a beginning, and then a drop every 50 ms for a minute."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        for _ in range(1200):
            time.sleep(0.05)
            connection.sendall(drop)

    return answer


@pytest.mark.parametrize(
    ("before", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        (HEAD + b"Content-Length: 10000\r\n\r\n", b" "),
        (HEAD + b"\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2710\r\n", b" "),
    ],
    ids=["status", "headers", "body", "body to the end", "chunks", "one chunk"],
)
def test_a_reply_that_drips_ends_with_the_deadline(serve, before, drop):
    client = client_of(serve(dripping(before, drop)))
    begun = time.monotonic()

    with pytest.raises(errors.DeadlineExceeded):
        client.release(deadline=Deadline(0.5))

    assert time.monotonic() - begun < 10


def test_silence_ends_with_the_read_time_out_and_is_asked_again(serve):
    server = serve(lambda connection: server.stopping.wait(30))
    client = connect(
        server.url, "2", api_key=CANARY, governor=InMemoryGovernor(1000), read_timeout=0.1
    )

    with pytest.raises(errors.TimedOut) as raised:
        client.release()

    assert 3 == raised.value.attempts


def test_connections_are_kept_and_used_again(serve):
    server = serve(lambda connection: connection.sendall(WHOLE))
    client = client_of(server)

    assert ["30.3"] * 5 == [client.release() for _ in range(5)]
    assert 1 == server.connections


def test_a_compressed_reply_is_read(serve):
    body = gzip.compress(ABOUT)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    assert "30.3" == client_of(serve(lambda c: c.sendall(head + body))).release()


def test_a_compressed_reply_is_bounded_by_what_it_holds(serve):
    body = gzip.compress(b" " * 30_000_000)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    with pytest.raises(errors.BadReply, match="20000000 bytes"):
        client_of(serve(lambda c: c.sendall(head + body))).release()


def test_a_body_that_its_encoding_does_not_fit_is_a_bad_reply(serve):
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ABOUT)

    with pytest.raises(errors.BadReply, match="Content-Encoding"):
        client_of(serve(lambda c: c.sendall(head + ABOUT))).release()


@pytest.mark.parametrize("sent", [0, 10, len(WHOLE) - len(ABOUT), len(WHOLE) - 1])
def test_a_connection_that_breaks_is_unreachable(serve, sent):
    def cut(connection: socket.socket) -> None:
        connection.sendall(WHOLE[:sent])
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(errors.Unreachable) as raised:
        client_of(serve(cut)).release()

    assert 3 == raised.value.attempts


def test_headers_that_are_cut_off_are_an_error_even_where_the_library_takes_them(serve):
    def cut(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Conte")
        connection.shutdown(socket.SHUT_RDWR)

    with pytest.raises(errors.BadReply, match="cut short"):
        client_of(serve(cut)).release()


def test_a_port_where_nobody_listens_is_unreachable(serve):
    server = serve(lambda connection: None)
    server.stop()

    with pytest.raises(errors.Unreachable):
        client_of(server).release()


def test_what_is_not_http_is_unreachable(serve):
    with pytest.raises(errors.Unreachable):
        client_of(serve(lambda c: c.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" * 10))).release()


def test_the_body_of_a_redirect_or_an_error_is_not_waited_for(serve):
    endless = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 99999999\r\n\r\n"
    answers = iter([endless, WHOLE])
    server = serve(lambda connection: connection.sendall(next(answers)))

    assert "30.3" == client_of(server).release(deadline=Deadline(2.0))
