"""Which text releases a page of the archive links. Pure, and total: a link or a `BadReply`."""

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from onet_client.archive.number import ReleaseNumber
from onet_client.errors import BadReply
from onet_client.urls import resolve

NAMED_FILES: Final = 4
"""How many other .zip files a message names."""


class ReleaseLink(NamedTuple):
    """A text release that the archive has, and its URL there."""

    number: ReleaseNumber
    url: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value.strip() for name, value in attrs if name == "href" and value]


def text_releases(page: str, asked: str, base: str) -> dict[ReleaseNumber, str]:
    """The URLs of the text releases that a page links.

    Args:
        page: HTML.
        asked: where it was found, which its relative links start from.
        base: what no link that counts leads away from.
    """
    found = {}
    for link in _links(page):
        if number := ReleaseNumber.of_file(_file_name(link)):
            with suppress(BadReply):
                found[number] = resolve(base, asked, link)
    return found


def newest(page: str, asked: str, base: str) -> ReleaseLink:
    """The text release of the highest number among those that a page links.

    Raises:
        BadReply: where there is none; it says what was found instead.
    """
    if releases := text_releases(page, asked, base):
        return ReleaseLink(*max(releases.items()))
    links = _links(page)
    names = [name for link in links if (name := _file_name(link))]
    if any(map(ReleaseNumber.of_file, names)):
        raise BadReply("it links text releases of another host only, which are not followed")
    raise BadReply(
        f"it links no text release, which is called db_NN_N_text.zip; {_told_of(links, names)}"
    )


def _links(page: str) -> list[str]:
    parser = _Links()
    with suppress(AssertionError):  # what the library says of a declaration that is none
        parser.feed(page)
    return parser.found


def _file_name(link: str) -> str:
    """The name of the .zip file that a link leads to; empty where it leads to none."""
    try:
        path = urlsplit(link).path
    except ValueError:
        return ""
    name = path.rpartition("/")[2]
    return name if re.fullmatch(r"[\w.-]{1,60}\.zip", name, re.ASCII) else ""


def _told_of(links: list[str], names: list[str]) -> str:
    others = list(dict.fromkeys(names))
    if not others:
        return f"of its {len(links)} links none leads to a .zip file"
    more = f" and {len(others) - NAMED_FILES} more" if len(others) > NAMED_FILES else ""
    return f"its .zip files are {', '.join(others[:NAMED_FILES])}{more}"
