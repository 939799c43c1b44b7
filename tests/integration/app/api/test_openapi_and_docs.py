"""GET /openapi.json and /docs: true to the application, and of use without a network."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from support.answers import problem
from support.bad_requests import BAD_REQUESTS

METHODS = ("get", "put", "post", "delete", "patch")
PROBLEM = {"application/problem+json"}

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def document(starter: FlaskClient) -> Any:
    answer = starter.get("/openapi.json")
    assert (200, "application/json") == (answer.status_code, answer.mimetype)
    return answer.get_json()


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from nodes(child)


def resolve(document: Any, node: dict[str, Any]) -> Any:
    """Follow a reference within the document, if the node is one."""
    if "$ref" not in node:
        return node
    found = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def test_it_is_an_openapi_3_document_with_what_one_must_have(document: Any) -> None:
    assert re.fullmatch(r"3\.1\.[0-9]+", document["openapi"])
    assert document["info"]["title"]
    assert document["info"]["version"]
    for _, path, operation in operations(document):
        assert path.startswith("/")
        assert operation["summary"]
        assert operation["responses"]
        for response in operation["responses"].values():
            assert resolve(document, response)["description"]


FOR_PEOPLE = ("openapi", "swagger_ui", "page", "own_levels", "assets")


def test_it_documents_every_resource_that_is_served(starter: FlaskClient, document: Any) -> None:
    rules = {
        re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule.rule)
        for rule in starter.application.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] not in FOR_PEOPLE
    }

    assert rules == set(document["paths"])


def test_every_reference_leads_somewhere(document: Any) -> None:
    references = [node for node in nodes(document) if "$ref" in node]

    assert references
    for node in references:
        assert node["$ref"].startswith("#/components/")
        assert isinstance(resolve(document, node), dict)


def test_every_variable_of_a_path_is_a_parameter_and_the_reverse(document: Any) -> None:
    for path, item in document["paths"].items():
        given = item.get("parameters", [])
        in_path = {one["name"] for one in given if one["in"] == "path"}
        assert set(re.findall(r"{(\w+)}", path)) == in_path
        assert all(one["required"] for one in given if one["in"] == "path")


@pytest.mark.parametrize(
    ("path", "parameters", "required"),
    [
        (
            "/skill-gap",
            "domain format from include kind limit min_importance significant sort to",
            ["from", "to"],
        ),
        ("/occupations", "domain format limit offset q", []),
        ("/occupations/{code}", "domain format", []),
        ("/elements", "domain", []),
        (
            "/occupations/{code}/transitions",
            "direction domain domains format job_zone limit min_readiness rank zone_change",
            [],
        ),
    ],
)
def test_the_parameters_are_those_of_the_contract(
    document: Any, path: str, parameters: str, required: list[str]
) -> None:
    given = document["paths"][path]["get"]["parameters"]

    assert parameters.split() == sorted(one["name"] for one in given)
    assert required == [one["name"] for one in given if one["required"]]
    assert {"query"} == {one["in"] for one in given}


def test_job_zones_are_documented_as_one_list_between_commas(document: Any) -> None:
    parameters = document["paths"]["/occupations/{code}/transitions"]["get"]["parameters"]
    (zones,) = [one for one in parameters if one["name"] == "job_zone"]

    assert ("form", False) == (zones["style"], zones["explode"])
    assert ("array", 1) == (zones["schema"]["type"], zones["schema"]["minItems"])
    assert {"type": "integer", "minimum": 1, "maximum": 99} == zones["schema"]["items"]


def test_the_admin_api_and_nothing_else_needs_a_token(document: Any) -> None:
    assert {"adminToken": {"type": "http", "scheme": "bearer"}} == document["components"][
        "securitySchemes"
    ]
    assert [] == document["security"]
    for _, path, operation in operations(document):
        admin = path.startswith("/admin/")
        assert ([{"adminToken": []}] if admin else None) == operation.get("security"), path
        assert admin == ("401" in operation["responses"]), path


def test_the_body_of_a_request_to_fill_is_documented(document: Any) -> None:
    body = document["paths"]["/admin/cache/warm"]["post"]["requestBody"]
    one_of = body["content"]["application/json"]["schema"]["oneOf"]
    scopes = [resolve(document, each) for each in one_of]

    assert [["codes"], ["all"], ["stale"]] == [each["required"] for each in scopes]
    assert all("domain" in each["properties"] for each in scopes)
    codes = scopes[0]["properties"]["codes"]
    assert (1, 2_000) == (codes["minItems"], codes["maxItems"])


def test_every_error_is_documented_as_a_problem(document: Any) -> None:
    for _, path, operation in operations(document):
        for status, response in operation["responses"].items():
            content = resolve(document, response).get("content", {})
            if status not in ("200", "202", "304"):
                assert PROBLEM == set(content), (path, status)
                (media,) = content.values()
                assert "type" in resolve(document, media["schema"])["properties"]


@pytest.mark.parametrize(
    "target",
    [
        "/skill-gap?from=11-1011.00&to=15-1254.00",
        "/skill-gap?from=11-1011.00&to=99-9999.99",
        "/skill-gap?from=11-1011.00&to=19-1042.00",
        "/occupations/15-1254.00",
        "/occupations/15-1254.00/transitions",
        "/occupations/99-9999.99/transitions",
        "/occupations/99-9999.99",
        "/occupations/19-1042.00",
        "/occupations",
        "/elements",
        "/elements/2.B.3.e",
        "/elements/2.B.3",
        "/health",
        "/health/ready",
        "/metrics",
        *(bad.target for bad in BAD_REQUESTS[::40] if bad.status == 422),
    ],
)
def test_an_answer_has_a_status_and_a_content_type_that_are_documented(
    starter: FlaskClient, document: Any, target: str
) -> None:
    answer = starter.get(target)
    path = re.sub(r"^/occupations/[^/]+", "/occupations/{code}", urlsplit(target).path)
    path = re.sub(r"^/elements/[^/]+", "/elements/{element}", path)
    documented = document["paths"][path]["get"]["responses"]

    assert str(answer.status_code) in documented
    response = resolve(document, documented[str(answer.status_code)])
    content = response["content"]
    assert ("Cache-Status" in answer.headers) <= ("Cache-Status" in response["headers"])
    in_both = path.startswith(("/skill-gap", "/occupations")) and answer.status_code == 200
    other = {"text/csv"} if in_both else set()
    assert {answer.mimetype} | other == set(content)


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("get", "/skill-gap", "/skill-gap?from=11-1011&to=15-1254&limit=1&format=csv"),
        ("get", "/occupations", "/occupations?q=Web Developers&limit=1&format=csv"),
        ("get", "/occupations/{code}", "/occupations/15-1254.00?format=csv"),
        ("get", "/occupations/{code}/transitions",
         "/occupations/15-1254/transitions?limit=1&format=csv"),
        ("post", "/skill-gap/batch", ""),
    ],
)  # fmt: skip
def test_the_formats_are_documented_with_an_example_that_is_what_comes(
    starter: FlaskClient, document: Any, method: str, path: str, asked: str
) -> None:
    documented = document["paths"][path][method]["responses"]["200"]
    content = documented["content"]

    assert {"application/json", "text/csv"} == set(content)
    assert {"type": "string"} == content["text/csv"]["schema"]
    pair = {"from": "11-1011", "to": "15-1254"}
    batch = {"pairs": [pair], "format": "csv", "limit": 1}
    answer = starter.get(asked) if asked else starter.post(path, json=batch)
    assert answer.text.startswith(content["text/csv"]["example"])
    said = {name for name, _ in answer.headers if not name.startswith("Access-Control-")}
    assert said - {"Content-Type", "Content-Length"} == set(documented["headers"])


def test_a_batch_is_documented_with_an_example_that_it_takes(
    starter: FlaskClient, document: Any
) -> None:
    operation = document["paths"]["/skill-gap/batch"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    pairs = resolve(document, body["schema"])["properties"]["pairs"]

    assert (1, 100) == (pairs["minItems"], pairs["maxItems"])
    answer = starter.post("/skill-gap/batch", json=body["example"])
    assert [200, 200] == [each["status"] for each in answer.get_json()["answers"]]
    assert {"200", "413", "422", "503"} <= set(operation["responses"])


def test_every_response_says_which_headers_it_has(document: Any) -> None:
    for _, path, operation in operations(document):
        for status, response in operation["responses"].items():
            headers = response["headers"]
            assert {"X-Request-ID"} <= set(headers), (path, status)
            assert ("Retry-After" in headers) == (status == "503"), (path, status)
            assert ("ETag" in headers) == ("304" in operation["responses"] and status < "400")


def test_errors_may_have_a_cache_status_where_an_entry_is_read_and_nowhere_else(
    document: Any,
) -> None:
    found = {
        f"{method} {path} {status}": response["headers"]["Cache-Status"]["required"]
        for method, path, operation in operations(document)
        for status, response in operation["responses"].items()
        if status >= "400" and "Cache-Status" in response["headers"]
    }

    reads = (
        "get /skill-gap", "post /skill-gap", "get /occupations/{code}",
        "get /occupations/{code}/transitions", "post /transitions",
    )  # fmt: skip
    assert {f"{asked} {status}": False for asked in reads for status in (404, 503)} == found


@pytest.mark.parametrize("name", ["Problem", "SkillGap", "Occupation", "Transitions", "OwnGap"])
def test_the_notes_of_answers_and_of_problems_are_documented_alike(
    document: Any, name: str
) -> None:
    notes = document["components"]["schemas"][name]["properties"]["notes"]

    schema = resolve(document, notes["items"])
    assert {"parameter", "text"} == set(schema["required"])
    assert {"parameter", "code", "replaced_by", "text"} == set(schema["properties"])


def test_a_pair_of_a_batch_has_the_problem_that_all_others_have(document: Any) -> None:
    pair = document["components"]["schemas"]["Answer"]["properties"]
    error = document["paths"]["/skill-gap"]["get"]["responses"]["503"]

    (media,) = error["content"].values()
    assert media["schema"] == pair["problem"]
    assert "not_offered" in resolve(document, media["schema"])["properties"]


def test_no_answer_is_left_to_a_default(document: Any) -> None:
    assert all("default" not in each["responses"] for _, _, each in operations(document))


def test_every_example_is_one_that_its_schema_takes(document: Any) -> None:
    schemas = [node for node in nodes(document) if "examples" in node and "type" in node]
    contents = [node for node in nodes(document) if "schema" in node]
    examples = [(schema, each) for schema in schemas for each in schema["examples"]]
    examples += [(each["schema"], each["example"]) for each in contents if "example" in each]
    examples += [
        (each["schema"], example["value"])
        for each in contents
        for example in each.get("examples", {}).values()
    ]

    assert len(examples) > 10
    for schema, example in examples:
        whole = schema | {"components": document["components"]}
        jsonschema_rs.validator_for(whole).validate(example)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (" 15-1254 ", True),
        ("Web Developers", True),
        ("3-D Printer", True),
        ("15-1254x", False),
        (" 15-1254.0", False),
        ("15", False),
        (" ", False),
        ("", False),
        ("a\0", False),
    ],
)
def test_what_the_document_takes_for_a_name_is_what_is_taken(
    starter: FlaskClient, document: Any, text: str, taken: bool
) -> None:
    parameters = document["paths"]["/skill-gap"]["get"]["parameters"]
    (schema,) = [one["schema"] for one in parameters if one["name"] == "from"]

    answer = starter.get("/skill-gap", query_string={"from": text, "to": "15-1254.00"})

    assert taken == (re.search(schema["pattern"], text) is not None)
    assert taken == (answer.status_code == 200 or "candidates" in answer.get_json())


@pytest.mark.parametrize("target", ["/occupations//15-1254.00", "/occupations/"])
def test_a_path_that_is_not_documented_leads_nowhere(starter: FlaskClient, target: str) -> None:
    answer = starter.get("/", environ_overrides={"PATH_INFO": target})

    assert (404, "not-found") == problem(answer)


class _References(HTMLParser):
    """What a browser loads for a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("src", "href", "data", "srcset", "poster"):
            if tag != "a" and given.get(name):
                self.found.append(str(given[name]))


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
def test_the_page_and_all_that_it_loads_are_served_from_here(
    starter: FlaskClient, path: str
) -> None:
    answer = starter.get(path)
    page = starter.get(urljoin(path, answer.headers.get("Location", path)))
    assert (200, "text/html") == (page.status_code, page.mimetype)
    loaded = _References(page.text).found

    assert any(each.endswith(".js") for each in loaded)
    assert any(each.endswith(".css") for each in loaded)
    for reference in loaded:
        assert "" == urlsplit(reference).netloc
        assert not reference.startswith("/")  # a proxy may have put the pages under a prefix
        answer = starter.get(urljoin("http://localhost/docs/", reference))
        assert 200 == answer.status_code
        assert len(answer.data) > 100


def test_the_page_reads_the_document_of_this_server_and_nothing_of_another(
    starter: FlaskClient,
) -> None:
    page = starter.get("/docs/").text

    assert re.search(r'"url": "\.\./openapi\.json"', page)
    assert re.search(r'"validatorUrl": null', page)
    elsewhere = re.findall(r"https?://[^\"'\s<)]+", page)
    assert all(each.startswith("http://localhost/") for each in elsewhere), elsewhere


@pytest.mark.parametrize("path", ["", "index.html", "oauth2-redirect.html", "swagger-ui-bundle.js"])
def test_the_pages_run_nothing_but_their_own_scripts_and_go_into_no_frame(
    starter: FlaskClient, path: str
) -> None:
    answer = starter.get(f"/docs/{path}")
    assert 200 == answer.status_code
    policy = dict(
        part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
    )

    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert "DENY" == answer.headers["X-Frame-Options"]
    assert ("'none'", "'none'", "'none'") == (
        policy["default-src"], policy["frame-ancestors"], policy["base-uri"],
    )  # fmt: skip
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    if answer.mimetype == "text/html":
        hashes = [b64encode(sha256(one.encode()).digest()).decode() for one in inline]
        assert ["'self'", *(f"'sha256-{one}'" for one in hashes)] == policy["script-src"].split()


def test_the_page_is_the_same_whatever_host_the_caller_names(starter: FlaskClient) -> None:
    answers = {
        starter.get("/docs/", headers={"Host": host}).data for host in ("localhost", "evil.example")
    }
    assert 1 == len(answers)


def test_the_styles_load_nothing_from_elsewhere(starter: FlaskClient) -> None:
    for name in ("index.css", "swagger-ui.css"):
        text = starter.get(f"/docs/{name}").text
        loaded = re.findall(r"url\(([^)]*)\)", text)
        assert "@import" not in text
        assert all(each.strip("\"'").startswith("data:") for each in loaded)


def test_the_page_goes_from_docs_to_docs_with_a_slash_on_the_same_server(
    starter: FlaskClient,
) -> None:
    answer = starter.get("/docs")

    assert answer.status_code in (301, 302, 307, 308)
    assert "https://here/prefix/docs/" == urljoin(
        "https://here/prefix/docs", answer.headers["Location"]
    )
    assert b"" == answer.data
