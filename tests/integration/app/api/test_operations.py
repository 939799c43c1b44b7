"""What the OpenAPI document says of every operation, for those who make clients of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.processes import ROOT

API_DOCUMENT: Path = ROOT / "docs" / "api.md"

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def document(starter: FlaskClient) -> Any:
    return starter.get("/openapi.json").get_json()


@pytest.fixture
def operations(document: Any) -> dict[str, Any]:
    """Each operation by its method and path, with the parameters of the path."""
    return {
        f"{method.upper()} {path}": operation
        | {"parameters": item.get("parameters", []) + operation.get("parameters", [])}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def test_the_ids_of_operations_are_those_that_the_documents_list(
    operations: dict[str, Any],
) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `([A-Z]+ /\S*)` \|$",
        API_DOCUMENT.read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    assert {place: id_ for id_, place in rows} == {
        place: operation["operationId"] for place, operation in operations.items()
    }
    assert len(rows) == len({id_ for id_, _ in rows})


def test_every_operation_and_every_parameter_is_described(operations: dict[str, Any]) -> None:
    for place, operation in operations.items():
        assert operation["description"], place
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (place, parameter["name"])


def test_where_an_answer_may_be_csv_json_comes_first(operations: dict[str, Any]) -> None:
    contents = [
        list(response["content"])
        for operation in operations.values()
        for response in operation["responses"].values()
        if "text/csv" in response.get("content", {})
    ]

    assert contents
    assert all(each == ["application/json", "text/csv"] for each in contents)


def test_pages_of_other_origins_may_read_every_header_that_is_for_them(
    starter: FlaskClient, operations: dict[str, Any]
) -> None:
    public = [one for place, one in operations.items() if "/admin" not in place]
    responses = [response for one in public for response in one["responses"].values()]
    told = {name for response in responses for name in response["headers"]}
    exposed = starter.get("/health").headers["Access-Control-Expose-Headers"].split(", ")

    # Fetch standard, CORS-safelisted response-header names: Cache-Control is one.
    assert {"Cache-Control", "Vary", "X-Accel-Expires"} == told - set(exposed)


def test_null_is_a_type_and_one_of_two_schemas(document: Any) -> None:
    listed = document["components"]["schemas"]["Listed"]["properties"]

    assert ["boolean", "null"] == listed["rated"]["type"]
    assert [{"$ref": "#/components/schemas/Matched"}, {"type": "null"}] == listed["matched"][
        "anyOf"
    ]
    assert "nullable" not in str(document)


def test_the_document_is_the_same_bytes_each_time_under_one_etag(starter: FlaskClient) -> None:
    first, second = (starter.get("/openapi.json") for _ in range(2))
    etag = first.headers["ETag"]
    packed = starter.get("/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert (first.data, etag) == (second.data, second.headers["ETag"])
    assert packed.headers["ETag"] == f'{etag[:-1]}-gzip"'
    assert len(packed.data) < len(first.data) / 5
    for known in (etag, packed.headers["ETag"]):
        given = {"If-None-Match": known, "Accept-Encoding": "gzip"}
        unchanged = starter.get("/openapi.json", headers=given)
        assert (304, b"") == (unchanged.status_code, unchanged.data)
    assert "no-cache" == first.headers["Cache-Control"]


def test_a_prefix_of_a_trusted_proxy_names_the_server_and_has_its_own_etag(
    starter: FlaskClient,
) -> None:
    plain = starter.get("/openapi.json")
    under = starter.get("/openapi.json", environ_overrides={"SCRIPT_NAME": "/gap"})

    assert [{"url": "/"}] == plain.get_json()["servers"]
    assert [{"url": "/gap"}] == under.get_json()["servers"]
    assert plain.headers["ETag"] != under.headers["ETag"]
