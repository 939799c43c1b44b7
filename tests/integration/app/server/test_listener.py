"""An address is one server's alone, whose workers share it."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from support.mysql_server import free_port

from app.server.listener import AddressError, claim, close_what_is_not_read


@contextmanager
def another_server(host: str, *, shares: bool) -> Iterator[int]:
    """A server that listens already, on a port that it is given."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        if shares:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind((host, 0))
        listening.listen()
        yield listening.getsockname()[1]


def as_a_worker(address: str, port: int) -> socket.socket:
    """Listen as Granian's workers do."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((address, port))
    listening.listen()
    return listening


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_where_anything_listens_is_refused_naming_port(host: str, shares: bool) -> None:
    with another_server(host, shares=shares) as port, pytest.raises(AddressError) as refused:
        claim(host, port)

    assert "PORT" in str(refused.value)
    assert str(port) in str(refused.value)


def test_an_address_of_which_another_takes_all_interfaces_is_refused() -> None:
    with another_server("0.0.0.0", shares=True) as port, pytest.raises(AddressError):
        claim("127.0.0.1", port)


def test_the_workers_of_a_server_share_its_address_and_another_server_does_not() -> None:
    port = free_port()
    listener = claim("127.0.0.1", port)
    with closing(listener.guard), as_a_worker("127.0.0.1", port), as_a_worker("127.0.0.1", port):
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        with pytest.raises(AddressError):
            claim("127.0.0.1", port)


def test_of_two_servers_that_start_at_once_one_is_refused() -> None:
    port = free_port()
    first = claim("127.0.0.1", port)  # whose workers do not listen yet
    with closing(first.guard), pytest.raises(AddressError):
        claim("127.0.0.1", port)


def test_an_address_is_free_again_at_once_after_its_server() -> None:
    with another_server("127.0.0.1", shares=True) as port:
        client = socket.create_connection(("127.0.0.1", port))
    client.close()

    claim("127.0.0.1", port).guard.close()


@pytest.mark.parametrize(
    ("host", "address"),
    [("localhost", "127.0.0.1"), ("[::1]", "::1"), ("::1", "::1"), ("127.0.0.2", "127.0.0.2")],
)
def test_names_and_brackets_are_taken(host: str, address: str) -> None:
    with another_server(address, shares=False) as port:
        pass
    listener = claim(host, port)
    listener.guard.close()

    assert address == listener.address


@pytest.mark.parametrize(
    ("host", "said"), [("no-such-host.invalid", "HOST"), ("192.0.2.1", "HOST"), ("a b", "HOST")]
)
def test_what_is_no_address_of_this_machine_is_refused_naming_host(host: str, said: str) -> None:
    with pytest.raises(AddressError) as refused:
        claim(host, 8000)

    assert said in str(refused.value)


def test_a_port_that_may_not_be_used_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)

    with pytest.raises(AddressError) as refused:
        claim("127.0.0.1", 80)

    assert "Permission denied" in str(refused.value)


def test_a_connection_whose_other_end_reads_nothing_is_closed_by_the_system() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert close_what_is_not_read(7)
        with (
            socket.create_connection(listening.getsockname()),
            listening.accept()[0] as accepted,
        ):
            held = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert 7000 == held
