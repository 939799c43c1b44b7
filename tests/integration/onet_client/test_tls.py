"""Certificates: whose are trusted, and what is said of those that are not."""

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.canary import CANARY
from support.scripted_server import WHOLE, ScriptedServer

from onet_client import errors
from onet_client.client import OnetClient, connect
from onet_client.governor import FAILURES_TO_OPEN, InMemoryGovernor

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificates"
)

Begin = Callable[..., str]


def certificate(folder: Path, names: str) -> Path:
    """Make a certificate of these names, which nobody but itself vouches for; its key beside."""
    pem = folder / f"{len(list(folder.iterdir()))}.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=private", "-addext", f"subjectAltName={names}"),
            *("-keyout", str(pem.with_suffix(".key")), "-out", str(pem)),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return pem


@pytest.fixture
def begin(serve: Callable[..., ScriptedServer]) -> Begin:
    """Starts a server with a certificate, or one without TLS; gives a https URL of it."""

    def start(pem: Path | None) -> str:
        context = None
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem, pem.with_suffix(".key"))
        server = serve(lambda connection: connection.sendall(WHOLE), context)
        return server.url.replace("http:", "https:")

    return start


def client_of(
    url: str, ca_bundle: Path | None, governor: InMemoryGovernor | None = None
) -> OnetClient:
    return connect(
        url,
        "2",
        api_key=CANARY,
        ca_bundle=ca_bundle,
        governor=governor or InMemoryGovernor(1e6),
        sleep=lambda _: None,
    )


def test_a_certificate_of_the_bundle_is_trusted(begin: Begin, tmp_path: Path) -> None:
    pem = certificate(tmp_path, "IP:127.0.0.1")

    assert "30.3" == client_of(begin(pem), pem).release()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("no bundle", "no TLS connection: self-signed certificate (ONET_CA_BUNDLE names"),
        ("another's bundle", "no TLS connection: self-signed certificate (ONET_CA_BUNDLE names"),
        ("another's name", "no TLS connection: IP address mismatch, certificate is not valid for"),
        ("no TLS", "no TLS connection: "),
    ],
)
def test_tls_is_named_as_the_reason_of_a_failure(
    begin: Begin, tmp_path: Path, case: str, said: str
) -> None:
    pem = certificate(tmp_path, "DNS:else.example" if "name" in case else "IP:127.0.0.1")
    bundle = {"no bundle": None, "another's bundle": certificate(tmp_path, "DNS:x")}.get(case, pem)
    client = client_of(begin(None if case == "no TLS" else pem), bundle)

    with pytest.raises(errors.Unreachable) as raised:
        client.release()

    assert str(raised.value).startswith(said)
    assert CANARY not in str(raised.value)


def test_an_open_breaker_tells_what_opened_it(begin: Begin, tmp_path: Path) -> None:
    url, governor = begin(certificate(tmp_path, "IP:127.0.0.1")), InMemoryGovernor(1e6)
    client = client_of(url, None, governor)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(errors.OnetError):
            client.release()

    with pytest.raises(errors.CircuitOpen, match="at last: no TLS connection: self-signed"):
        client.release()
