"""Lists of RFC 9651 (structured field values), read strictly: what RFC 9211 builds on."""

import re

TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
NUMBER = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,3}|-?[0-9]{1,15}")

Bare = str | int | float | bool
Member = tuple[Bare, dict[str, Bare]]


class _Text:
    def __init__(self, text: str) -> None:
        self.rest = text.strip(" ")

    def take(self, pattern: str | re.Pattern[str]) -> str | None:
        """Cut what matches off the front, and return its first group or all of it."""
        match = re.compile(pattern).match(self.rest)
        if match is None:
            return None
        self.rest = self.rest[match.end() :]
        return match[1] if match.re.groups else match[0]


def parse_list(text: str) -> list[Member]:
    """Read a list of items, each a bare item with its parameters.

    Raises:
        ValueError: where RFC 9651 section 4.2 makes the whole field fail.
    """
    source, members = _Text(text), []
    while source.rest:
        members.append(_item(source))
        if not source.rest:
            break
        if source.take(r"[ \t]*,[ \t]*") is None or not source.rest:
            raise ValueError(f"no further member at {source.rest!r} of {text!r}")
    return members


def _item(source: _Text) -> Member:
    bare, parameters = _bare(source), {}
    while source.take(r";[ ]*") is not None:
        key = source.take(KEY)
        if key is None:
            raise ValueError(f"no parameter at {source.rest!r}")
        parameters[key] = _bare(source) if source.take("=") else True
    return bare, parameters


def _bare(source: _Text) -> Bare:
    if (string := source.take(STRING)) is not None:
        return re.sub(r"\\(.)", r"\1", string)
    if (token := source.take(TOKEN)) is not None:
        return token
    if (number := source.take(NUMBER)) is not None:
        return float(number) if "." in number else int(number)
    if (truth := source.take(r"\?([01])")) is not None:
        return truth == "1"
    raise ValueError(f"no value at {source.rest!r}")
