"""Programs that others use check the OpenAPI document, and make clients of it that work."""

import pytest
from support.canary import CANARY
from support.clients import PLACE, Tools, documented, needs_generators
from support.processes import Serving

pytestmark = [pytest.mark.soak, needs_generators()]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools(tmp_path_factory.mktemp("tools"))


@pytest.mark.parametrize(
    "command",
    [
        "redocly lint --max-problems=1000 openapi.json",
        "spectral lint --fail-severity=hint openapi.json",
    ],
    ids=["Redocly CLI", "Spectral"],
)
def test_checkers_of_documents_find_nothing_wrong(
    starter: Serving, tools: Tools, command: str
) -> None:
    (tools.folder / "openapi.json").write_bytes(starter.get("/openapi.json").content)

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
    server_of_three: Serving, starter: Serving, tools: Tools, program: str, calls: str
) -> None:
    tools.run(documented(program).replace(PLACE, server_of_three.url))

    tools.run(f"{calls} {server_of_three.url} {starter.url} {CANARY}")
