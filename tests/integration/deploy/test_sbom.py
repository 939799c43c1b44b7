"""The list of what is installed, by `make sbom`'s own steps."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ENVIRONMENT = ROOT / ".venv"
# Runs where the tool is; the schema is CycloneDX's own.
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()))
"""


@pytest.mark.soak
def test_every_installed_package_is_listed_with_its_url_and_its_pinned_hashes(tmp_path):
    subprocess.run([ROOT / "scripts" / "aside", "sbom"], check=True, timeout=600)
    tool, python = ENVIRONMENT / "sbom" / "bin" / "python", ENVIRONMENT / "bin" / "python"
    output = tmp_path / "sbom.json"
    command = [tool, ROOT / "scripts" / "sbom.py", output, python]
    subprocess.run(command, check=True, timeout=120)
    freeze = [python, "-m", "pip", "freeze", "--all"]
    installed = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout.split()

    bill = json.loads(output.read_text())
    listed = {f"{each['name']}=={each['version']}": each for each in bill["components"]}
    assert sorted(installed) == sorted(listed)
    for name, each in listed.items():
        assert each["purl"] == f"pkg:pypi/{name.lower().replace('_', '-').replace('==', '@')}"
        assert any(place.get("hashes") for place in each["externalReferences"]), name
    assert "skillgap" == bill["metadata"]["component"]["name"]
    validated = subprocess.run(
        [tool, "-c", VALIDATE],
        input=output.read_text(),
        text=True,
        capture_output=True,
        check=False,
    )
    assert "" == validated.stderr
