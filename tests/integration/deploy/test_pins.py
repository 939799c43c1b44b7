"""What is installed, and from where: the requirements files as they are, and this environment."""

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[3]
HERE = ("requirements.txt", "requirements-dev.txt", "requirements-mysql.txt")
FOR_TOOLS = ("pip", "build", "bench", "sbom", "lock")
FILES = (*HERE, *(f"scripts/requirements/{name}.txt" for name in FOR_TOOLS))
SHA256 = re.compile(r" --hash=sha256:[0-9a-f]{64}(?= |$)")


def lines_of(file):
    """The lines of a requirements file, those that go on put together, without comments."""
    text = (ROOT / file).read_text().replace("\\\n", "")
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


def pins_of(file):
    """Each requirement, without its hashes."""
    return [Requirement(SHA256.sub("", line)) for line in lines_of(file)]


def asked_for(file):
    """The names in the .in file beside a requirements file."""
    lines = (ROOT / file).with_suffix(".in").read_text().splitlines()
    return [line for line in lines if line and line[0] not in "#-"]


def test_every_requirements_file_is_among_those_that_are_tried():
    assert set(FILES) == {
        str(path.relative_to(ROOT))
        for pattern in ("*requirements*.txt", "scripts/requirements/*.txt")
        for path in ROOT.glob(pattern)
    }


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_one_version_with_hashes_from_wherever_pip_looks(file):
    for line in lines_of(file):
        assert SHA256.search(line), line
        (pinned,) = Requirement(SHA256.sub("", line)).specifier
        assert "==" == pinned.operator
        assert Version(pinned.version).public == pinned.version
    assert not re.search(r"(https?|file|git\+\w+):|index|find-links|@", (ROOT / file).read_text())


@pytest.mark.parametrize("file", FILES)
def test_what_is_asked_for_is_pinned(file):
    pinned = {canonicalize_name(pin.name) for pin in pins_of(file)}

    assert {canonicalize_name(name) for name in asked_for(file)} <= pinned


def test_files_that_are_installed_together_agree():
    pins = {str(pin) for file in HERE for pin in pins_of(file)}

    assert len(pins) == len({pin.split("==")[0] for pin in pins})
    for file in HERE[1:]:
        assert set(map(str, pins_of(HERE[0]))) <= set(map(str, pins_of(file)))


@pytest.mark.parametrize("file", [*HERE[:2], "scripts/requirements/pip.txt"])
def test_this_environment_holds_what_is_pinned(file):
    pins = [pin for pin in pins_of(file) if pin.marker is None or pin.marker.evaluate()]

    assert {pin.name: str(pin.specifier) for pin in pins} == {
        pin.name: f"=={installed(pin.name)}" for pin in pins
    }


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
