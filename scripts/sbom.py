"""Writes what is installed as a CycloneDX bill of materials (JSON).

cyclonedx-py lists the packages of Python environments. Each is given the hashes that the
requirements files pin it with (of all its files: which of them was installed is not recorded), and
the Debian packages of this machine are added where asked for.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROJECT = str(ROOT / "pyproject.toml")
PIN = re.compile(r"^([\w.-]+)==(\S+)((?:.*\\\n)*.*)", re.MULTILINE)
SHA256 = re.compile(r"--hash=sha256:(\w+)")
DPKG_FIELDS = r"${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n"

Component = dict[str, Any]


def package_url(name: str, version: str) -> str:
    """What a package of Python is called everywhere (package-url specification, type pypi)."""
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"


def pinned_hashes(texts: Iterable[str]) -> dict[str, list[str]]:
    """SHA-256 of all files of each pinned package, by package URL, from requirements files."""
    return {
        package_url(name, version): SHA256.findall(rest)
        for text in texts
        for name, version, rest in PIN.findall(text)
    }


def with_hashes(component: Component, pinned: dict[str, list[str]]) -> Component:
    """A component with the hashes of its files, where its version is pinned."""
    url = component["purl"]
    if url not in pinned:
        return component
    hashes = [{"alg": "SHA-256", "content": digest} for digest in sorted(pinned[url])]
    files = {"type": "distribution", "url": url, "hashes": hashes, "comment": "pinned files"}
    return component | {"externalReferences": [*component.get("externalReferences", []), files]}


def debian_packages(listed: str) -> list[Component]:
    """A component for each installed package that dpkg-query lists as DPKG_FIELDS."""
    rows = [line.split("\t") for line in listed.splitlines()]
    return [
        {
            "type": "library",
            "bom-ref": f"{name}:{architecture}",
            "name": name,
            "version": version,
            "purl": f"pkg:deb/debian/{name}@{version.replace(':', '%3A').replace('+', '%2B')}"
            f"?arch={architecture}",
        }
        for status, name, version, architecture in rows
        if status.startswith("ii")
    ]


def python_packages(python: str) -> dict[str, Any]:
    """The bill of materials of an interpreter's environment, as cyclonedx-py writes it."""
    # It warns that pyproject.toml names no dependencies: those are in the requirements files.
    command = [sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py", "environment"]
    command += ["--output-reproducible", "--pyproject", PROJECT, python]
    return dict(json.loads(subprocess.check_output(command)))  # noqa: S603 - as main was asked


def merged(bills: list[dict[str, Any]], more: list[Component]) -> dict[str, Any]:
    """One bill of several, and of more components: each component once."""
    components: dict[str, Component] = {}
    dependencies: dict[str, Any] = {}
    for bill in bills:
        components = {each["bom-ref"]: each for each in bill.get("components", [])} | components
        dependencies = {each["ref"]: each for each in bill.get("dependencies", [])} | dependencies
    components |= {each["bom-ref"]: each for each in more}
    return bills[0] | {
        "components": [components[name] for name in sorted(components)],
        "dependencies": [dependencies[name] for name in sorted(dependencies)],
    }


def main() -> None:
    """Write the bill that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debian", action="store_true", help="this machine's Debian packages, too")
    parser.add_argument("output", type=Path)
    parser.add_argument("python", nargs="+", help="an environment's interpreter")
    given = parser.parse_args()
    files = [*ROOT.glob("requirements*.txt"), *ROOT.glob("scripts/requirements/*.txt")]
    pinned = pinned_hashes(file.read_text(encoding="utf-8") for file in files)
    debian = []
    if given.debian:
        command = ["dpkg-query", "--show", f"--showformat={DPKG_FIELDS}"]
        listed = subprocess.check_output(command, text=True)  # noqa: S603 - a fixed command
        debian = debian_packages(listed)
    bill = merged([python_packages(python) for python in given.python], debian)
    bill["components"] = [with_hashes(each, pinned) for each in bill["components"]]
    given.output.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
