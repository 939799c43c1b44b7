"""How resources take parameters: query strings, whose meaning is remembered, and JSON bodies."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, Final, cast

from flask import Request, request
from flask.globals import request_ctx
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from app.occupations.fields import PATH_CODE, PATH_OCCUPATION
from app.problems import invalid_parameters
from app.query_fields import strict_json

REMEMBERED: Final = 1_000
"""Query strings whose meaning is remembered."""
LONGEST_REMEMBERED: Final = 200
"""Bytes of one."""
View = Callable[..., Any]


def in_path(name: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a text in a path for the document, by its description and what JSON Schema has."""
    schema = {"type": "string", **described}
    description, example = schema.pop("description"), schema.pop("example")
    schema["examples"] = [example]
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": description,
        "schema": schema,
    }


IN_PATH: Final = in_path("code", PATH_CODE.metadata)
NAMED_IN_PATH: Final = in_path("code", PATH_OCCUPATION.metadata)


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


def read_json(req: Request) -> Any:
    """Read the body of a request as JSON (RFC 8259): no member twice, and finite numbers.

    Raises:
        UnsupportedMediaType: where it is not said to be JSON, or is packed (RFC 9110 section 8.4).
        RequestEntityTooLarge: where it is longer than may be.
        Problem: where it is none.
    """
    if not req.is_json:
        raise UnsupportedMediaType("The body has to be application/json.")
    if req.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body has to come without a Content-Encoding.")
    body = req.get_data()
    req.stream.read(1)  # a chunked body that is too long is refused only here
    try:
        return strict_json(body)
    except ValueError as error:
        raise invalid_parameters({"body": [str(error)]}) from None


class Resources(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """Resources, whose views take queries and JSON bodies as schemas load them.

    flask-smorest wraps a view once for each decorator, to write what it returned; here the
    decorators of answers only document what the view finishes itself.
    """

    ARGUMENTS_PARSER = QueryParser()

    def arguments(
        self, schema: type[Schema] | Schema, *, location: str = "json", **options: Any
    ) -> Callable[[View], View]:
        """Have a view called with the body as a schema loads it, or with the query string.

        webargs makes a schema anew for each body, which takes longer than to load it.
        """
        document = super().arguments(schema, location=location, **options)
        if location == "query":
            return cast("Callable[[View], View]", document)
        one = schema() if isinstance(schema, type) else schema

        def decorate(view: View) -> View:
            @wraps(view)
            def called(*before: Any, **in_path: Any) -> Any:
                return view(*before, one.load(read_json(request_ctx.request)), **in_path)

            return _documented(called, document)

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
