"""Proxies and caches of others in front of the product, as `docs/proxies.md` sets them up."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import requests
from support.mysql_server import free_port
from support.processes import ROOT

PLACE: Final = "127.0.0.1:8000"
"""Where the product is in the examples."""
PROGRAMS: Final = {
    "apache": ("apache2", "apache2"),
    "haproxy": ("haproxy", "haproxy"),
    "nginx": ("nginx", "nginx"),
    "varnish": ("varnishd", "varnish"),
}
"""Each one's program, and the Debian package that has it."""
APACHE_MODULES: Final = "/usr/lib/apache2/modules"
APACHE_LOADS: Final = (
    *("mpm_event", "authz_core", "alias", "headers", "socache_shmcb", "ssl", "proxy"),
    *("proxy_http", "cache", "cache_disk"),
)
SECONDS: Final = 10
"""What a proxy may take to start or to end."""


def needs(program: str, package: str) -> pytest.MarkDecorator:
    """Skip a test, in one line, where a program is not installed."""
    missing = shutil.which(program) is None
    reason = f"{program} is not installed (Debian: apt-get install {package})"
    return pytest.mark.skipif(missing, reason=reason)


def example(language: str, document: str = "proxies.md") -> str:
    """The example of a configuration in a document."""
    text = (ROOT / "docs" / document).read_text()
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(found)


def write_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 with its key, in one file; one for the key alone beside."""
    pem, key = folder / "here.pem", folder / "here.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(pem)),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    pem.write_text(pem.read_text() + key.read_text())
    return pem


def set_up(text: str, product: str, port: int, certificate: Path, cache: Path) -> str:
    """Fit an example to this machine: its ports, its certificate and its folder of the cache."""
    cache.mkdir()
    replaced = {
        PLACE: product.removeprefix("http://"),
        "listen 443": f"listen 127.0.0.1:{port}",
        "bind :443": f"bind 127.0.0.1:{port}",
        "<VirtualHost *:443>": f"<VirtualHost 127.0.0.1:{port}>",
        "/etc/ssl/example.org.key": str(certificate.with_suffix(".key")),
        "/etc/ssl/example.org.pem": str(certificate),
        "/var/cache/nginx/skillgap": str(cache),
        "/var/cache/apache2/skillgap": str(cache),
    }
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, text: str, port: int) -> Iterator[None]:
    """Run nginx with a part of its `http` block until the block ends."""
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{paths}\n{text}\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with _running(command, port, folder / "error.log"):
        yield


@contextmanager
def haproxy(folder: Path, text: str, port: int) -> Iterator[None]:
    """Run HAProxy with such sections until the block ends."""
    config = folder / "haproxy.cfg"
    timeouts = "timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
    config.write_text(f"defaults\n {timeouts}\n{text}")
    with _running(["haproxy", "-db", "-f", str(config)], port, folder / "error.log"):
        yield


@contextmanager
def apache(folder: Path, text: str, port: int) -> Iterator[None]:
    """Run Apache with a virtual host until the block ends."""
    modules = "\n".join(
        f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in APACHE_LOADS
    )
    log = folder / "error.log"
    config = folder / "apache.conf"
    config.write_text(
        f"ServerRoot {folder}\nPidFile {folder}/apache.pid\nDefaultRuntimeDir {folder}\n"
        f"ErrorLog {log}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n{modules}\n"
        f"Mutex file:{folder}\n{text}\n"
    )
    with _running(["apache2", "-X", "-f", str(config)], port, log):
        yield


RUN: Final = {"nginx": nginx, "haproxy": haproxy, "apache": apache}


@contextmanager
def https_front(name: str, folder: Path, product: str) -> Iterator[tuple[str, str]]:
    """Run a proxy as documented; give where the product is there, and the file to trust for it."""
    certificate, port = write_certificate(folder), free_port()
    text = set_up(example(name), product, port, certificate, folder / "cache")
    with RUN[name](folder, text, port):
        yield f"https://127.0.0.1:{port}/skills/", str(certificate)


@contextmanager
def varnish(folder: Path, product: str) -> Iterator[str]:
    """Run Varnish as it comes, with the product behind it; give its URL."""
    port = free_port()
    command = [
        *("varnishd", "-F", "-n", str(folder / "varnish"), "-s", "malloc,50m", "-T", "none"),
        *("-p", "default_keep=3600"),
        *("-a", f"127.0.0.1:{port}", "-b", product.removeprefix("http://")),
    ]
    with _running(command, port, folder / "error.log"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        _await(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=SECONDS)
        except requests.ConnectionError as error:
            if "refused" not in str(error):  # it speaks TLS
                return
            time.sleep(0.05)
        else:
            return
