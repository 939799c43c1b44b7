"""Installs pip into an environment that has none, from the package index pip itself would ask.

The index is read by the simple repository API (PEP 503 for HTML, PEP 691 for JSON), and a wheel is
taken only with the SHA-256 that the index gives for it. A wheel of pip can run itself.
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
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

DEFAULT_INDEX = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
WHEEL_NAME = re.compile(r"pip-(\d+(?:\.\d+)*)-(?:py2\.)?py3-none-any\.whl")
TIMEOUT_SECONDS = 30.0


class BootstrapError(Exception):
    """pip could not be had; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Link:
    """A file that the index offers: its address, its SHA-256 or "", and what it asks of Python."""

    url: str
    sha256: str
    requires_python: str

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(urllib.parse.urlsplit(self.url).path).name


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

    def links(self, project: str) -> list[Link]:
        """The files of a project, without yanked ones.

        Raises:
            BootstrapError: Its page could not be read or is not one of the simple API.
        """
        base, media_type, body = self._get(f"{self._address}/{project}/")
        try:
            return read_json(base, body) if media_type.endswith("json") else read_html(base, body)
        except (ValueError, LookupError, TypeError) as error:
            raise BootstrapError(f"{base} is no page of a package index") from error

    def download(self, link: Link) -> bytes:
        """The content of a file.

        Raises:
            BootstrapError: It could not be read, or its SHA-256 is not the announced one.
        """
        body = self._get(link.url)[2]
        if hashlib.sha256(body).hexdigest() != link.sha256:
            raise BootstrapError(f"{link.name} is not what the package index announced (SHA-256)")
        return body

    def _get(self, url: str) -> tuple[str, str, bytes]:
        """Where redirects led, the media type and the body."""
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


def read_json(base: str, body: bytes) -> list[Link]:
    """The files that are not yanked, from a project page of PEP 691."""
    return [
        Link(
            urllib.parse.urljoin(base, file["url"]),
            file["hashes"].get("sha256", ""),
            file.get("requires-python") or "",
        )
        for file in json.loads(body)["files"]
        if not file.get("yanked")
    ]


def read_html(base: str, body: bytes) -> list[Link]:
    """The files that are not yanked, from a project page of PEP 503."""
    anchors = _Anchors(base)
    anchors.feed(body.decode())
    return anchors.links


class _Anchors(HTMLParser):
    """Collects the links of a page, but for yanked files."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self._base = base

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one tag."""
        values = dict(attrs)
        if tag != "a" or not values.get("href") or "data-yanked" in values:
            return
        url, _, fragment = urllib.parse.urljoin(self._base, values["href"] or "").partition("#")
        sha256 = dict(urllib.parse.parse_qsl(fragment)).get("sha256", "")
        self.links.append(Link(url, sha256, values.get("data-requires-python") or ""))


def runs_here(requires_python: str, version: tuple[int, int]) -> bool:
    """Whether the lower bounds of a Requires-Python hold; pip has never set an upper one."""
    bounds = re.findall(r">=\s*(\d+)\.(\d+)", requires_python)
    return all(version >= (int(major), int(minor)) for major, minor in bounds)


def newest_wheel(links: list[Link], version: tuple[int, int]) -> Link:
    """The newest released wheel of pip for a Python version.

    Raises:
        BootstrapError: There is none with a SHA-256.
    """
    wheels = {
        tuple(map(int, match[1].split("."))): link
        for link in links
        if (match := WHEEL_NAME.fullmatch(link.name))
        and link.sha256
        and runs_here(link.requires_python, version)
    }
    if not wheels:
        raise BootstrapError("the package index offers no wheel of pip with its SHA-256")
    return wheels[max(wheels)]


def install_pip(python: Path) -> None:
    """Install pip into the environment of an interpreter of this Python's version.

    Raises:
        BootstrapError: The index could not be read or offers no wheel, or the wheel is not the
            announced one.
        subprocess.CalledProcessError: The wheel would not install.
    """
    index = Index(pip_setting("index-url") or DEFAULT_INDEX)
    chosen = newest_wheel(index.links("pip"), sys.version_info[:2])
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / chosen.name
        wheel.write_bytes(index.download(chosen))
        command: list[str | Path] = [python, "-I", wheel / "pip", "install", "--quiet", wheel]
        command += ["--no-index", "--no-deps", "--disable-pip-version-check"]
        subprocess.run(command, check=True)  # noqa: S603 - the wheel is the announced one
