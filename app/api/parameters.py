"""Request parameters: strict, ASCII, each given once."""

import json
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Final

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from app.api.problem_details import invalid_parameters
from app.occupations.typed_code import OTHERWISE, as_published
from onet_client.content_model import DOMAINS, SOC_CODE

CODE: Final = re.compile(rf"({SOC_CODE})(\.[0-9]{{2}})?")
LIKE_CODE: Final = re.compile(rf"[0-9. -]*|{SOC_CODE}.*", re.DOTALL)
"""No title is all figures, or begins with a code."""
WITHOUT_NUL: Final = r"^[^\u0000]*$"
NAMED: Final = rf"^( *({CODE.pattern}|{OTHERWISE}) *|(?! *([0-9. -]*$|{SOC_CODE}))[^\u0000]*)$"
"""What a title may be, for the document."""
LONGEST_TITLE: Final = 200
"""Characters of what names an occupation."""
TITLE_LIKE: Final = [
    validate.Length(max=LONGEST_TITLE),
    validate.ContainsNoneOf("\0", error="Holds a NUL character."),
]
"""What a text must be to be looked for among titles."""
LARGEST_PAGE: Final = 2000
REMEMBERED: Final = 1_000
"""Query strings whose meaning is remembered."""
LONGEST_REMEMBERED: Final = 200
"""Bytes of one."""


class Code(fields.String):
    """An O*NET-SOC code such as 15-1254.00; 15-1254 means 15-1254.00."""

    def __init__(self, **options: Any) -> None:
        pattern = f"^ *{CODE.pattern} *$"
        super().__init__(
            metadata={"pattern": pattern, "example": "15-1254.00"} | options.pop("metadata", {}),
            **options,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        match = CODE.fullmatch(super()._deserialize(value, attr, data, **kwargs).strip(" "))
        if match is None:
            raise ValidationError("Not an O*NET-SOC code such as 15-1254.00 or 15-1254.")
        return match[1] + (match[2] or ".00")


PATH_CODE: Final = Code()
IN_PATH: Final = {
    "in": "path",
    "name": "code",
    "required": True,
    "schema": {"type": "string", **PATH_CODE.metadata},
}
"""A code in a path, for the document."""


def absent() -> None:
    """Stand for a parameter that is not given, without having the document offer null for it."""


class Named(fields.String):
    """An occupation by a title or its code, however written; what reads like a code is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            validate=TITLE_LIKE,
            metadata={
                "description": "A code (15-1254.00, 15-1254, 151254, 15.1254), or what one "
                "occupation alone is called: its title, an alternate title, or a synonym.",
                "example": "Web Developers",
                "pattern": NAMED,
            },
            **options,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = TITLE_LIKE[0](super()._deserialize(value, attr, data, **kwargs)).strip(" ")
        if LIKE_CODE.fullmatch(text):
            text = PATH_CODE.deserialize(as_published(text) or text)
        return str(text)


class Whole(fields.Integer):
    """A whole number in ASCII digits and no other notation."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if re.fullmatch(r"[0-9]{1,9}", str(value)) is None:
            raise ValidationError("Not a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class Figure(fields.Float):
    """A decimal number in ASCII digits and no other notation."""

    def __init__(self, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,17})?", str(value)) is None:
            raise ValidationError("Not a decimal number.")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """`true` or `false` and no other word."""

    truthy = {"true"}  # noqa: RUF012 - marshmallow's declaration, never changed
    falsy = {"false"}  # noqa: RUF012


class Query(Schema):
    """A query string: unknown parameters are ignored, a known one may come once."""

    class Meta:
        """Unknown parameters are ignored, so that callers can tag their requests."""

        unknown = EXCLUDE

    @pre_load
    def refuse_repeated(self, data: Any, **_: Any) -> Any:
        """Refuse a parameter given twice: there is no telling which one was meant."""
        given = {field.data_key or name for name, field in self.fields.items()}
        repeated = [name for name in sorted(given) if len(data.getlist(name)) > 1]
        if repeated:
            raise ValidationError({name: ["Given more than once."] for name in repeated})
        return data


class DomainQuery(Query):
    """What every read of an entry can choose."""

    domain = fields.String(load_default=DOMAINS[0], validate=validate.OneOf(DOMAINS))


class QueryParser(FlaskParser):
    """Reads query strings, and remembers what those it has read lately mean.

    To validate one takes longer than all the rest of a request whose entries are at hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[tuple[Any, bytes], dict[str, Any]] = {}

    def parse(self, argmap: Any, req: Any = None, **options: Any) -> Any:
        """Return a copy of what the query string means to a schema; see `webargs`."""
        key = argmap, request.query_string
        found = self._read.get(key)
        if found is None:
            found = super().parse(argmap, req, **options)
            if len(key[1]) > LONGEST_REMEMBERED:
                return found
            if len(self._read) >= REMEMBERED:
                self._read = {}
            self._read[key] = found
        return dict(found)


View = Callable[..., Any]


class QueryBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A resource whose parameters are all in the query string, and whose views finish answers.

    flask-smorest would wrap a view once for each decorator, to write what it returned; here they
    only document it.
    """

    ARGUMENTS_PARSER = QueryParser()

    def arguments(self, schema: type[Query], **options: Any) -> Callable[[View], View]:
        """Document the parameters of a view, and hand it what they mean."""
        document = super().arguments(schema, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def read(*given: Any, **path: Any) -> Any:
                return view(*given, self.ARGUMENTS_PARSER.parse(schema, location="query"), **path)

            return _documented(read, document)

        return decorate

    def response(self, *details: Any, **options: Any) -> Callable[[View], View]:
        """Document an answer, which the view finishes itself."""
        return partial(_documented, document=super().response(*details, **options))

    def alt_response(self, *details: Any, **options: Any) -> Callable[[View], View]:
        """Document another answer."""
        return partial(_documented, document=super().alt_response(*details, **options))


def _documented(view: View, document: Callable[[View], View]) -> View:
    """Take over what a decorator says of a view, without what it does on every call."""
    vars(view)["_apidoc"] = vars(document(view))["_apidoc"]
    return view


class BodyParser(FlaskParser):
    """Reads JSON bodies; whatever the JSON library cannot read is a bad body, never a failure."""

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json:
            raise UnsupportedMediaType("The body has to be application/json.")
        body = req.get_data()
        req.stream.read(1)  # a body whose length was not told is cut, and refused only here
        try:
            return json.loads(body.decode(), object_pairs_hook=_each_once)
        except (ValueError, RecursionError):  # numbers and depths beyond Python's own limits too
            raise invalid_parameters({"body": ["Not JSON."]}) from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, unless there is no telling which of two values was meant."""
    found = dict(members)
    if len(found) < len(members):
        raise invalid_parameters({"body": ["A member is given more than once."]})
    return found


class BodyBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """Resources that take JSON bodies."""

    ARGUMENTS_PARSER = BodyParser()


def path_code(raw: str) -> str:
    """Read the code of a path.

    Raises:
        Problem: where it is none.
    """
    try:
        return PATH_CODE.deserialize(raw)
    except ValidationError as error:
        raise invalid_parameters({"code": error.messages}) from error
