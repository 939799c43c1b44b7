"""An O*NET Web Services made of dictionaries, behind the `responses` library: no socket."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import responses
from requests import PreparedRequest

SAMPLES = Path(__file__).parents[1] / "samples"
BASES = {"2": "https://api-v2.onetcenter.org/", "1.9": "https://services.onetcenter.org/ws/"}
CODES = ("11-1011.00", "15-1254.00", "19-2031.00")
UNRATED = "15-1252.00"
ELEMENTS = ("2.A.1.a", "2.B.3.e")
LAYOUTS = {
    "single": {"skills": ELEMENTS},
    "split": {"essential_skills": ELEMENTS[:1], "transferable_skills": ELEMENTS[1:]},
}
"""The elements in each table of the skills, by layout."""


@dataclass
class Answer:
    """What goes over the wire, for a fault to spoil: an exception here breaks the connection."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    exception: Exception | None = None

    def wire(self) -> tuple[int, dict[str, str], Any]:
        """As a callback of `responses` returns it."""
        if self.exception is not None:
            return self.status, {}, self.exception
        body = json.dumps(self.document).encode() if self.body is None else self.body
        return self.status, {"Content-Type": "application/json", **self.headers}, body


Fault = Callable[[Answer], None]


def answering(status: int, times: int | None = None, **headers: str) -> Fault:
    """Such a status, always or so many times, in place of the right answer."""
    left = itertools.repeat(status) if times is None else iter([status] * times)

    def fault(answer: Answer) -> None:
        if next(left, None):
            answer.status, answer.body = status, b"<html>"
            answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    return fault


def breaking(exception: Exception, times: int | None = None) -> Fault:
    """Such a failure on the wire, always or so many times."""
    left = itertools.repeat(exception) if times is None else iter([exception] * times)

    def fault(answer: Answer) -> None:
        answer.exception = next(left, None)

    return fault


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sample(name: str, api: str = "2") -> Any:
    """A payload file, parsed."""
    return json.loads(_text(SAMPLES / api / name))


@cache
def _example(scale: str) -> dict[str, Any]:
    example: dict[str, Any] = sample("rows.json")["row"][0 if scale == "IM" else 1]
    return example


def rating_row(code: str, element: str, scale: str, **changes: Any) -> dict[str, Any]:
    """A rating row as the upstream has it, every figure a valid one."""
    return _example(scale) | {"onetsoc_code": code, "element_id": element} | changes


@dataclass
class FakeUpstream:
    """Serves three rated occupations and one without ratings, `page_rows` rows a page.

    Attributes:
        tables: Rows by table id; replace to change the layout.
        successors: What stands for each code of the 2010 taxonomy.
        faults: By path prefix and page number (0 is the first), applied to each answer.
        requests: Every request in order of arrival.
    """

    api: str = "2"
    page_rows: int = 5
    release: str = "O*NET 30.3"
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    occupations: list[str] = field(default_factory=lambda: [*CODES, UNRATED])
    successors: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    requests: list[PreparedRequest] = field(default_factory=list)
    on_request: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.base = BASES[self.api]
        if not self.tables:
            self.set_tables(skills=ELEMENTS)

    def set_tables(self, **elements: tuple[str, ...]) -> None:
        """Replace the tables by these, each with the elements named."""
        self.tables = {
            table: [
                rating_row(code, element, scale)
                for code in CODES
                for element in ids
                for scale in ("IM", "LV")
            ]
            for table, ids in elements.items()
        }

    @property
    def paths(self) -> list[str]:
        """What was asked, below the base URL, without queries."""
        return [str(request.url).removeprefix(self.base).split("?")[0] for request in self.requests]

    @contextmanager
    def running(self) -> Iterator["FakeUpstream"]:
        """Answer requests, from anywhere in this process, to any host."""
        with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
            wire.add_callback("GET", re.compile(""), callback=self._answer)
            yield self

    def _answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], Any]:
        self.requests.append(request)
        self.on_request()
        parts = urlsplit(str(request.url))
        path = f"{parts.scheme}://{parts.netloc}{parts.path}".removeprefix(self.base)
        query = parse_qs(parts.query)
        answer = self._right_answer(path, query)
        page = (int(query.get("start", ["1"])[0]) - 1) // self.page_rows
        for (prefix, faulty_page), fault in self.faults.items():
            if path.startswith(prefix) and page == faulty_page:
                fault(answer)
        return answer.wire()

    def _right_answer(self, path: str, query: dict[str, list[str]]) -> Answer:
        match path.strip("/").split("/"):
            case ["about"]:
                return Answer(200, {"database": {"name": self.release}})
            case ["database"]:
                listed = [{"table_id": table, "title": None} for table in self.tables]
                return Answer(200, {"table": listed} if self.api == "1.9" else listed)
            case ["database", "rows", table] if table in self.tables:
                rows = self.tables[table]
                for condition in query.get("filter", []):
                    wanted = condition.removeprefix("onetsoc_code.eq.")
                    rows = [row for row in rows if row["onetsoc_code"] == wanted]
                return Answer(200, self._page(path, query, "row", rows))
            case ["online", "occupations"]:
                items = [{"code": code, "title": "A title"} for code in self.occupations]
                return Answer(200, self._page(path, query, "occupation", items))
            case ["online", "occupations", code] if code in self.occupations:
                return Answer(200, {"code": code, "title": "A title", "description": "They do."})
            case ["taxonomy", *_, last]:
                return self._taxonomy(query.get("code", [last])[0])
        return Answer(422, {"error": "There is no such thing."})

    def _taxonomy(self, code: str) -> Answer:
        if code not in self.successors:
            return Answer(422, {"error": "There is no such thing."})
        items = [{"code": new, "title": "A title"} for new in self.successors[code]]
        return Answer(200, {"code": code, "title": "A former title", "occupation": items})

    def _page(self, path: str, query: dict[str, list[str]], key: str, items: list[Any]) -> Any:
        start = int(query["start"][0])
        end = min(start + self.page_rows - 1, len(items))
        envelope = {"start": start, "end": end, "total": len(items), key: items[start - 1 : end]}
        if end < len(items):
            onward = query | {"start": [str(end + 1)], "end": [str(end + 2000)]}
            address = f"{self.base}{path}?{urlencode(onward, doseq=True)}"
            if self.api == "1.9":
                envelope["link"] = [{"href": address, "rel": "next"}]
            else:
                envelope["next"] = address
        return envelope
