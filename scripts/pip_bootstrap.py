"""Installs pip into an environment that has none, from the package index pip itself would ask.

The index is read by the simple repository API (PEP 503 for HTML, PEP 691 for JSON), and the wheel
of the pinned version is taken only with a pinned SHA-256. A wheel of pip can run itself.
"""

import base64
import configparser
import hashlib
import http.client
import json
import os
import re
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

DEFAULT_INDEX = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
VERSION = re.compile(r"^pip==(\S+)", re.MULTILINE)
SHA256 = re.compile(r"--hash=sha256:(\w+)")
TIMEOUT_SECONDS = 30.0


class BootstrapError(Exception):
    """pip could not be had; the message is for the person at the terminal."""


def pip_setting(name: str) -> str | None:
    """A setting as pip would find it: PIP_NAME, else pip's configuration files, last one wins."""
    if value := os.environ.get(f"PIP_{name.upper().replace('-', '_')}"):
        return value
    override = os.environ.get("PIP_CONFIG_FILE", "")
    if override == os.devnull:
        return None
    system = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    user = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    files = [f"{folder}/pip/pip.conf" for folder in reversed(system.split(os.pathsep))]
    files += ["/etc/pip.conf", "~/.pip/pip.conf", f"{user}/pip/pip.conf", override]
    config = configparser.RawConfigParser()
    config.read([Path(file).expanduser() for file in files if file], encoding="utf-8")
    for section in ("install", "global"):
        for key in (name, name.replace("-", "_")):
            if value := config.get(section, key, fallback=None):
                return value
    return None


class Index:
    """The package index at an address, which may hold a user and password for its host."""

    def __init__(self, address: str) -> None:
        parts = urllib.parse.urlsplit(address)
        self._host = parts.netloc.rpartition("@")[2]
        self._address = parts._replace(netloc=self._host).geturl().rstrip("/")
        self._login = parts.netloc.rpartition("@")[0]
        self._authorities = pip_setting("cert") or os.environ.get("REQUESTS_CA_BUNDLE")

    def files(self, project: str) -> dict[str, str]:
        """The files of a project: addresses by name.

        Raises:
            BootstrapError: Its page could not be read or is not one of the simple API.
        """
        base, media_type, body = self.get(f"{self._address}/{project}/")
        read = read_json if media_type.endswith("json") else read_html
        try:
            addresses = [urllib.parse.urljoin(base, link) for link in read(body)]
        except (ValueError, LookupError, TypeError) as error:
            raise BootstrapError(f"{base} is no page of a package index") from error
        return {Path(urllib.parse.urlsplit(url).path).name: url for url in addresses}

    def get(self, url: str) -> tuple[str, str, bytes]:
        """Where redirects led, the media type and the body.

        Raises:
            BootstrapError: It could not be read.
        """
        host = urllib.parse.urlsplit(url).netloc
        try:
            request = urllib.request.Request(url, headers={"Accept": ACCEPT})  # noqa: S310 - as pip
            if self._login and host == self._host:
                login = base64.b64encode(urllib.parse.unquote(self._login).encode()).decode()
                # "unredirected": no other host is sent it.
                request.add_unredirected_header("Authorization", f"Basic {login}")
            context = ssl.create_default_context(cafile=self._authorities)
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as reply:  # noqa: S310
                return reply.url, reply.headers.get_content_type(), reply.read()
        except urllib.error.HTTPError as error:
            with error:  # it holds the connection
                raise BootstrapError(f"{host} cannot be read: {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            advice = " (is ca-certificates installed?)" if isinstance(reason, ssl.SSLError) else ""
            raise BootstrapError(f"{host} cannot be read: {reason}{advice}") from error


def read_json(body: bytes) -> list[str]:
    """The links of a project page of PEP 691."""
    return [file["url"] for file in json.loads(body)["files"]]


def read_html(body: bytes) -> list[str]:
    """The links of a project page of PEP 503."""
    anchors = _Anchors()
    anchors.feed(body.decode())
    return anchors.links


class _Anchors(HTMLParser):
    """Collects the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one tag."""
        link = dict(attrs).get("href")
        if tag == "a" and link:
            self.links.append(link)


def install_pip(python: Path, pin: str) -> None:
    """Install the pip of a requirements file's line into the environment of an interpreter.

    Raises:
        BootstrapError: The index could not be read or has no such wheel, or the wheel is not the
            pinned one.
        subprocess.CalledProcessError: The wheel would not install.
    """
    (version,) = VERSION.findall(pin)
    name = f"pip-{version}-py3-none-any.whl"
    index = Index(pip_setting("index-url") or DEFAULT_INDEX)
    files = index.files("pip")
    if name not in files:
        raise BootstrapError(f"the package index has no {name}")
    content = index.get(files[name])[2]
    if hashlib.sha256(content).hexdigest() not in SHA256.findall(pin):
        raise BootstrapError(f"{name} of the package index is not the pinned one (SHA-256)")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / name
        wheel.write_bytes(content)
        command: list[str | Path] = [python, "-I", wheel / "pip", "install", "--quiet", wheel]
        command += ["--no-index", "--no-deps", "--disable-pip-version-check"]
        subprocess.run(command, check=True)  # noqa: S603 - the wheel is the pinned one
