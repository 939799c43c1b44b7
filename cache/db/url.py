"""What a DATABASE_URL may say, and what it asks of TLS."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

TAKES: Final = (
    "takes sqlite:///PATH or mysql+mysqldb://USER:PASSWORD@HOST/NAME "
    "(percent-encode special characters of the password: @ is %40)"
)
ENCRYPTED: Final = ("REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
"""Modes of TLS, MySQL's own words, under which nothing is sent in the clear."""


def _words(*choices: str) -> Callable[[str], str | None]:
    return lambda raw: None if raw in choices else f"one of: {', '.join(choices)}"


def _matching(pattern: str, what: str) -> Callable[[str], str | None]:
    return lambda raw: None if re.fullmatch(pattern, raw) else what


def _file(raw: str) -> str | None:
    return None if Path(raw).is_file() else "the path of a file"


def _folder(raw: str) -> str | None:
    return None if Path(raw).is_dir() else "the path of a folder"


_SECONDS: Final = _matching("[1-9][0-9]{0,3}", "whole seconds from 1 to 9999")
_TEXT: Final = _matching(r"[!-~]+", "ASCII letters, digits and signs")
OPTIONS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "host": _matching(
        r"[A-Za-z0-9._-]+(:[0-9]{1,5})?(,[A-Za-z0-9._-]+(:[0-9]{1,5})?)*", "HOST:PORT,HOST:PORT"
    ),
    "unix_socket": _TEXT,
    "charset": _words("utf8mb4"),
    "connect_timeout": _SECONDS,
    "read_timeout": _SECONDS,
    "write_timeout": _SECONDS,
    "ssl_mode": _words("DISABLED", "PREFERRED", *ENCRYPTED),
    "ssl_ca": _file,
    "ssl_capath": _folder,
    "ssl_cert": _file,
    "ssl_key": _file,
    "ssl_cipher": _TEXT,
}
"""The options of a MySQL URL by name: each check returns what the value must be, None if it is."""


def parse(raw: str) -> URL:
    """Read a DATABASE_URL.

    Raises:
        ValueError: saying what it takes, without any of its values.
    """
    try:
        url = make_url(raw)
    except (ArgumentError, ValueError):
        raise ValueError(TAKES) from None
    if url.drivername == "sqlite":
        # sqlite://PATH, with a slash too few, reads as a host.
        if url.host or url.username:
            raise ValueError(TAKES)
        if url.query:
            raise ValueError("takes no options with SQLite")
        return url
    # One @ more is of a password, half of which would be taken for the host and shown as such.
    if url.drivername != "mysql+mysqldb" or not url.database or raw.count("@") > 1:
        raise ValueError(TAKES)
    _check_options(url)
    return url


def _check_options(url: URL) -> None:
    for name, value in url.query.items():
        check = OPTIONS.get(name)
        if check is None:
            # Only a word is repeated: anything else may be a part of a password.
            what = f"no option {name}" if re.fullmatch("[a-z_]{1,30}", name) else "no such option"
            raise ValueError(f"takes {what}; there are: {', '.join(OPTIONS)}")
        wrong = check(value) if isinstance(value, str) else "one value"
        if wrong is not None:
            raise ValueError(f"takes for its option {name} {wrong}")
    if url.host and "host" in url.query:
        raise ValueError("takes one host before the name, or several by the option host")


def tls_mode(url: URL) -> str | None:
    """Return what a MySQL URL asks of TLS, as the mysql client takes it; None where nothing.

    Who gives authorities wants the server's certificate verified by them, and who gives any
    other option of TLS wants TLS.
    """
    mode = url.query.get("ssl_mode")
    if mode is not None:
        return str(mode)
    if {"ssl_ca", "ssl_capath"} & url.query.keys():
        return "VERIFY_CA"
    return "REQUIRED" if any(name.startswith("ssl_") for name in url.query) else None
