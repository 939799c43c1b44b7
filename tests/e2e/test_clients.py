"""Programs that others use check the OpenAPI document, and make clients of it that work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clients import PLACE, Tools, documented, needs_generators
from support.commands import sandbox
from support.databases import load
from support.processes import Serving, serving

TOKEN = "clients-token"

pytestmark = [pytest.mark.soak, needs_generators()]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools(tmp_path_factory.mktemp("tools"))


@pytest.fixture
def server(three_rated_domains: Path, tmp_path: Path) -> Iterator[Serving]:
    with sandbox(three_rated_domains, tmp_path) as upstream:
        settings = {
            "DATABASE_URL": load(f"sqlite:///{tmp_path / 'skillgap.db'}", three_rated_domains),
            "ONET_API_URL": upstream.url,
            "ONET_API_KEY": "clients-key",
            "ADMIN_TOKEN": TOKEN,
        }
        with serving(tmp_path, **settings) as running:
            yield running


@pytest.fixture
def lonely(starter_release: Path, tmp_path: Path) -> Iterator[Serving]:
    """A server without an upstream."""
    url = load(f"sqlite:///{tmp_path / 'lonely.db'}", starter_release)
    with serving(tmp_path, DATABASE_URL=url) as running:
        yield running


@pytest.mark.parametrize(
    "command",
    [
        "redocly lint --max-problems=1000 openapi.json",
        "spectral lint --fail-severity=hint openapi.json",
    ],
    ids=["Redocly CLI", "Spectral"],
)
def test_checkers_of_documents_find_nothing_wrong(
    lonely: Serving, tools: Tools, command: str
) -> None:
    (tools.folder / "openapi.json").write_bytes(lonely.get("/openapi.json").content)

    said = tools.run(command)

    assert "warning" not in said.lower().replace("deprecation warning", "")


@pytest.mark.parametrize(
    ("program", "calls"),
    [
        ("openapi-python-client", "python by_openapi_python_client.py"),
        ("openapi-generator-cli", "python by_openapi_generator.py"),
        ("openapi-typescript", "tsc --build && node made/by_openapi_typescript.js"),
    ],
)
def test_a_client_made_as_documented_calls_every_operation(
    server: Serving, lonely: Serving, tools: Tools, program: str, calls: str
) -> None:
    tools.run(documented(program).replace(PLACE, server.url))

    tools.run(f"{calls} {server.url} {lonely.url} {TOKEN}")
