"""Scripted faults: which requests are answered wrongly, and how."""

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Lock
from typing import Any, Literal

from onet_client.sandbox.message import ListPage, Request, SandboxReply, html
from onet_client.sandbox.mutations import MUTATIONS

ANOTHER_HOST = "http://another-host.invalid"
"""Where a foreign link or redirect leads."""

_PAGE = re.compile(r"first|middle|last|start=[1-9][0-9]*")
_TOKEN = re.compile(r"[A-Za-z0-9-]+")
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "path": (str,),
    "page": (str,),
    "nth": (int,),
    "times": (int,),
    "status": (int,),
    "body": (str, dict, list),
    "headers": (dict,),
    "mutate": (str,),
    "field": (str,),
    "delay": (int, float),
    "drip": (int, float),
    "close": (str,),
}


class FaultError(ValueError):
    """A rule that cannot be followed; the message names what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule: the requests it strikes, then what becomes of the reply.

    A rule that does not fit a reply (`duplicate_row` on `/about`) does not count it either.

    Attributes:
        path: a regular expression searched in the path, and in the path with its decoded query.
        page: only a page of a list that is the `first`, a `middle` one, the `last`, or `start=N`.
        nth: the first of the fitting requests that is struck, counted from 1.
        times: how many are struck from there on; None is all.
        status: the status instead of the right one; the body is then `body` or an HTML page.
        body: the body; text goes out as HTML, anything else as JSON.
        headers: added to the reply's, or in place of them.
        mutate: one of `MUTATIONS`, what is wrong about the reply.
        field: what a mutation of a field spoils.
        delay: seconds before the reply.
        drip: seconds between the bytes of the body.
        close: the connection ends `before` a byte of the reply, or `mid` body.
    """

    path: str = ""
    page: str | None = None
    nth: int = 1
    times: int | None = None
    status: int | None = None
    body: str | dict[str, Any] | list[Any] | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    mutate: str | None = None
    field: str = "data_value"
    delay: float = 0.0
    drip: float = 0.0
    close: Literal["before", "mid"] | None = None

    def __post_init__(self) -> None:
        """Refuse what could never strike or be sent.

        Raises:
            FaultError: naming the field.
        """
        try:
            re.compile(self.path)
        except re.error as error:
            raise FaultError(f"path: {error}") from error
        right = {
            "page": self.page is None or _PAGE.fullmatch(self.page),
            "nth": self.nth >= 1,
            "times": self.times is None or self.times >= 1,
            "status": self.status is None or 200 <= self.status <= 599,
            "mutate": self.mutate is None or self.mutate in MUTATIONS,
            "delay": self.delay >= 0,
            "drip": self.drip >= 0,
            "close": self.close in {None, "before", "mid"},
            "headers": all(
                _TOKEN.fullmatch(name) and isinstance(value, str) and value.isprintable()
                for name, value in self.headers.items()
            ),
        }
        for name, holds in right.items():
            if not holds:
                raise FaultError(f"{name}: {getattr(self, name)!r} is not possible.")

    def strike(self, request: Request, reply: SandboxReply) -> SandboxReply | None:
        """Return the reply as this rule has it, or None where the rule does not fit."""
        if not self._concerns(request, reply.payload):
            return None
        struck: SandboxReply | None = reply
        if self.mutate is not None:
            if reply.status != HTTPStatus.OK:
                return None
            struck = MUTATIONS[self.mutate](reply, self.field, ANOTHER_HOST + request.target)
        if struck is None:
            return None
        if self.body is not None:
            struck = replace(struck, payload=self.body)
        elif self.status is not None and self.mutate is None:
            struck = replace(struck, payload=html(self.status))
        return replace(
            struck,
            status=self.status or struck.status,
            headers={**struck.headers, **self.headers},
        )

    def _concerns(self, request: Request, payload: object) -> bool:
        decoded = "&".join(f"{key}={value}" for key, value in request.query)
        if not any(re.search(self.path, at) for at in (request.path, f"{request.path}?{decoded}")):
            return False
        if self.page is None:
            return True
        if not isinstance(payload, ListPage):
            return False
        first, last = payload.start == 1, payload.end >= payload.total
        places = {"first": first, "last": last, "middle": not first and not last}
        return places.get(self.page, self.page == f"start={payload.start}")


class Script:
    """The rules in force and how often each fitted and struck; safe to use from many threads."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._lock = Lock()
        self.set(faults)

    def set(self, faults: Sequence[Fault]) -> None:
        """Replace all rules by these, with counts of 0."""
        with self._lock:
            self._rules = [(fault, {"fitted": 0, "struck": 0}) for fault in faults]

    def state(self) -> list[dict[str, Any]]:
        """Return every rule as JSON would have it, and its counts."""
        with self._lock:
            return [dataclasses.asdict(fault) | counts for fault, counts in self._rules]

    def strike(self, request: Request, reply: SandboxReply) -> tuple[SandboxReply, Fault | None]:
        """Return the reply as the first rule that is due has it, and that rule.

        Every rule that fits counts the request, whether or not another is the one that strikes.
        """
        struck: tuple[SandboxReply, Fault | None] = (reply, None)
        with self._lock:
            for fault, counts in self._rules:
                if (wrong := fault.strike(request, reply)) is None:
                    continue
                counts["fitted"] += 1
                over = fault.times is not None and counts["struck"] >= fault.times
                if struck[1] is None and counts["fitted"] >= fault.nth and not over:
                    counts["struck"] += 1
                    struck = (wrong, fault)
        return struck


def parse_faults(text: str | bytes) -> tuple[Fault, ...]:
    """Read rules from JSON: an array of objects with the attributes of `Fault`.

    Raises:
        FaultError: not JSON, an unknown attribute, or a value that is not possible.
    """
    try:
        rules = json.loads(text)
    except ValueError as error:
        raise FaultError(f"The rules are not JSON: {error}") from error
    if not isinstance(rules, list):
        raise FaultError("The rules are not an array.")
    return tuple(_rule(number, rule) for number, rule in enumerate(rules, start=1))


def _rule(number: int, rule: object) -> Fault:
    if not isinstance(rule, dict):
        raise FaultError(f"Rule {number} is not an object.")
    for name, value in rule.items():
        if name not in _JSON_TYPES:
            raise FaultError(f"Rule {number}: there is no {name!r}.")
        if type(value) not in _JSON_TYPES[name]:
            raise FaultError(f"Rule {number}: {name}: {value!r} is not possible.")
    try:
        return Fault(**rule)
    except FaultError as error:
        raise FaultError(f"Rule {number}: {error}") from error
