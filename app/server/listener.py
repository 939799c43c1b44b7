"""Where the server listens, and whether it may."""

import os
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.settings import SettingsError


class AddressError(SettingsError):
    """The server cannot listen there."""


@dataclass(frozen=True)
class Listener:
    """An address that is this server's alone.

    Attributes:
        address: of IPv4 or IPv6, without brackets.
        guard: a socket on it that listens to nothing. As long as it is open no other server that
            does not share its port on purpose can take the address.
    """

    address: str
    guard: socket.socket


def claim(host: str, port: int) -> Listener:
    """Claim an address for a server whose worker processes listen on it by SO_REUSEPORT.

    The option lets any server of the same user listen beside another, and take its connections; so
    the address is taken without it first, which fails where anything listens there.

    Raises:
        AddressError: where it is taken, is none of this machine or may not be used.
    """
    family, address = _resolve(host, port)
    guard = socket.socket(family, socket.SOCK_STREAM)
    try:
        guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        guard.bind((address, port))
        # From here on nobody else can bind who does not share the port as the workers do.
        guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError as error:
        guard.close()
        raise AddressError(
            f"cannot listen on {host} port {port}: {error.strerror}; set HOST and PORT to an "
            "address that is free"
        ) from error
    return Listener(address, guard)


def url_of(host: str, port: int) -> str:
    """Write the address of a server at a host, which may be IPv6 in brackets or without."""
    bare = _bare(host)
    return f"http://[{bare}]:{port}" if ":" in bare else f"http://{bare}:{port}"


def _bare(host: str) -> str:
    return host.removeprefix("[").removesuffix("]")


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    """Find the address of a name; of several one of IPv4, which all clients try."""
    bare = _bare(host)
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        message = f"HOST: {host} is no address and no name of this machine: {error.strerror}"
        raise AddressError(message) from error
    family, _, _, _, place = min(found, key=lambda each: each[0] != socket.AF_INET)
    return family, str(place[0])


def close_what_is_not_read(seconds: int) -> bool:
    """Have the system close connections whose other end takes nothing of what is sent (RFC 5482).

    Set on the sockets that this process listens on, whose connections inherit it; on Linux alone.
    Return whether there are any.
    """
    found = False
    for file in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            number = int(file.name)
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as one:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * seconds)
                    found = True
    return found
