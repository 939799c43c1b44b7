"""A page, read as a browser without scripts and a reader of it would."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from flask import Response
from werkzeug.test import TestResponse


def lead(link: str, at: str = "/") -> str:
    """Follow a link as a browser does, which has to stay under whatever prefix the page has."""
    assert not link.startswith("/")
    return urljoin(at, link)


class Reader(HTMLParser):
    """What a page says, and where it leads."""

    def __init__(self, text: str, at: str = "/") -> None:
        super().__init__()
        self.at = at
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.values: dict[str, str] = {}
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(lead(given["href"], self.at))
        if tag in ("link", "script", "img"):
            self.loaded.append(lead(given.get("href") or given["src"], self.at))
        if tag == "input" and given["type"] == "text":
            self.values[given["name"]] = given["value"]

    def handle_data(self, data: str) -> None:
        self.words += data


def read(answer: TestResponse | Response) -> Reader:
    """Look over a page as every one of them must be, and read it."""
    assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in policy
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert "same-origin" == answer.headers["Referrer-Policy"]
    posted = isinstance(answer, TestResponse) and answer.request.method == "POST"
    kept = "no-store" if posted or answer.status_code >= 400 else "no-cache"
    assert kept == answer.headers["Cache-Control"]
    assert not re.search(
        r"<[^>]+ (style|on[a-z]+)=|<script>|<style|javascript:", answer.get_data(as_text=True)
    )
    at = answer.request.path if isinstance(answer, TestResponse) else "/"
    page = Reader(answer.get_data(as_text=True), at)
    assert 1 == page.tags.count("h1") == page.tags.count("main")
    assert len(page.ids) == len(set(page.ids))
    assert all(each.startswith("/static/") for each in page.loaded)
    return page
