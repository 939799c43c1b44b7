"""Whatever may be asked by the OpenAPI document is answered as it says, and never by a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.canary import CANARY
from support.commands import RunningSandbox
from support.processes import ROOT, Serving, environment

SHORT = ("--generation-deterministic", "--max-examples=2", "--phases=examples,coverage,fuzzing")
SHORT_WITH_FAULTS = ("--generation-deterministic", "--max-examples=1", "--phases=examples,fuzzing")
LONG = ("--max-time=600",)
LONG_WITH_FAULTS = ("--max-time=300",)
NO_FAILURE, UNAVAILABLE = "", ', "503"'
CONFIG = """
hooks = "support.fuzz_hooks"
continue-on-failure = true

[generation]
with-security-parameters = false

[auth.openapi]
adminToken.bearer = "TOKEN"

[parameters]
"path.code" = { dictionary = "codes", probability = 0.5 }
"query.from" = { dictionary = "occupations", probability = 0.5 }
"query.to" = { dictionary = "occupations", probability = 0.5 }
"body.pairs[*].from" = { dictionary = "occupations", probability = 0.5 }
"body.pairs[*].to" = { dictionary = "occupations", probability = 0.5 }
"body.from.occupations[*]" = { dictionary = "occupations", probability = 0.5 }
"body.to" = { dictionary = "occupations", probability = 0.5 }

[dictionaries]
codes.values = ["11-1011.00", "15-1254", "15-1252.00", "15-1299.08", "19-1042.00", "29-1141.00"]
occupations.values = ["11-1011.00", "15-1254", "15-1252.00", "Chief Executives", "15-1132.00"]

[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx"ALLOWED]
positive_data_acceptance.expected-statuses = ["2xx", "304", "404"ALLOWED]

[[operations]]
include-name = "GET /occupations/{code}/transitions"
# What a job zone looks like is in the document, which ones are held is not.
checks.positive_data_acceptance.expected-statuses = ["2xx", "304", "404", "422"ALLOWED]

[[operations]]
include-name = "POST /skill-gap"
# Nor is which elements there are, and that something has to be said.
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422"ALLOWED]

[[operations]]
include-name = "POST /transitions"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422"ALLOWED]

[[operations]]
include-name = "GET /skill-gap"
# What a title looks like is in the document, which ones there are is not.
checks.positive_data_acceptance.expected-statuses = ["2xx", "304", "404", "422"ALLOWED]
""".replace("TOKEN", CANARY)
FAULTS = (
    {"path": r"rows.*eq\.(1[5-9]|2)", "status": 500},
    {"path": r"rows.*eq\.4", "mutate": "html"},
    {"path": r"rows.*eq\.5", "close": "mid"},
)


def fuzz(server: Serving, folder: Path, allowed: str, *options: str) -> None:
    """Run schemathesis with all its checks; where one fails, its report is the failure."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.replace("ALLOWED", allowed), encoding="utf-8")
    command = ["-m", "schemathesis.cli", "--config-file", str(config), "run", "--no-color"]
    done = subprocess.run(
        [sys.executable, *command, *options, f"{server.url}/openapi.json"],
        cwd=folder,
        env=environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "internal-error" not in server.log.read_text()


@pytest.mark.parametrize(
    "options",
    [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.soak)],
)
def test_what_is_asked_by_the_document_is_answered_as_it_says(
    server_of_three: Serving, tmp_path: Path, options: tuple[str, ...]
) -> None:
    fuzz(server_of_three, tmp_path, NO_FAILURE, *options)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(SHORT_WITH_FAULTS, id="short"),
        pytest.param(LONG_WITH_FAULTS, id="long", marks=pytest.mark.soak),
    ],
)
def test_a_failing_upstream_is_answered_as_the_document_says(
    server_of_three: Serving,
    upstream_of_three: RunningSandbox,
    tmp_path: Path,
    options: tuple[str, ...],
) -> None:
    upstream_of_three.set_faults(*FAULTS)

    fuzz(server_of_three, tmp_path, UNAVAILABLE, *options)
