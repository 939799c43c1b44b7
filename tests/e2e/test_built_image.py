"""The image itself, built from the Dockerfile and run read-only by an ordinary account."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url
from support.image import Image, built_image, needs_builder
from support.mysql_server import empty_database, free_port
from support.processes import Serving

pytestmark = [pytest.mark.soak, needs_builder()]

HOME = "/srv/skillgap"
PYTHON_PACKAGES = """
import json, sys
from importlib.metadata import distributions
places = [place for place in sys.path if place.startswith(sys.argv[1])]
print(json.dumps([[each.name, each.version] for each in distributions(path=places)]))
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    with built_image(tmp_path_factory.mktemp("image")) as built:
        yield built


@pytest.fixture(scope="module")
def database(mysql_server: str) -> Iterator[dict[str, str]]:
    """The variables of docker-compose.yml for an empty database."""
    with empty_database(mysql_server) as text:
        url = make_url(text)
        parts = {
            "HOST": url.host,
            "PORT": url.port or 3306,
            "USER": url.username,
            "PASSWORD": url.password,
            "DATABASE": url.database,
        }
        yield {f"MYSQL_{name}": str(part or "") for name, part in parts.items()}


def test_it_seeds_a_mysql_database_serves_from_it_and_ends_cleanly(
    image: Image, database: dict[str, str], tmp_path: Path
) -> None:
    status, said = image.run("seed", SEED_RELEASE="bundled", **database)
    assert 0 == status, said
    here = {"HOST": "127.0.0.1", "PORT": str(free_port())}
    with (tmp_path / "log").open("wb") as log:
        process = image.start(*image.config["Cmd"], output=log, **here, **database)
    server = Serving(f"http://127.0.0.1:{here['PORT']}", process, tmp_path / "log")
    try:
        server.await_answer("/health/ready")
        gap = server.get("/skill-gap?from=11-1011.00&to=15-1254.00")
        _, *check = image.config["Healthcheck"]["Test"]
        healthy, _ = image.run("/usr/bin/env", *check, **here)
    finally:
        ended = server.stop()

    summary = gap.json()["summary"]
    assert (8, 0.8824) == (summary["gaps"], summary["readiness"])
    assert 0 == healthy
    assert 0 == ended
    assert "Traceback" not in server.log.read_text()


def test_it_runs_on_sqlite_with_nothing_to_write_to_but_the_volume(
    image: Image, tmp_path: Path
) -> None:
    assert [f"{HOME}/instance"] == list(image.config["Volumes"])
    os.chown(tmp_path, 10001, 10001)

    for command in (("seed",), ("gap", "11-1011.00", "15-1254.00", "--json")):
        status, said = image.run(*command, volume=str(tmp_path), SEED_RELEASE="bundled")
        assert 0 == status, said
    assert '"readiness": 0.8824' in said
    status, said = image.run("seed", SEED_RELEASE="bundled")
    assert 0 != status
    assert "cannot be reached or used" in said


def test_its_account_can_write_to_tmp_alone_and_gain_nothing(image: Image) -> None:
    search = "find / -xdev -writable -not -type l 2>/dev/null; touch /tmp/x && ls /tmp; id -u"
    _, found = image.run("/bin/sh", "-c", search)
    assert ["/tmp", "x", "10001"] == found.split()

    _, refused = image.run("/bin/sh", "-c", f"touch {HOME}/app/x; touch {HOME}/instance/x")
    assert 2 == refused.count("Read-only file system")
    _, status = image.run(
        "/bin/grep", "-E", "^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs)", "/proc/self/status"
    )
    assert {"0000000000000000", "1"} == set(status.split()[1::2])


def packages_of(image: Image, python: str, place: str) -> set[tuple[str, str]]:
    """Names and versions of what an interpreter in the image finds below a place."""
    status, said = image.run(python, "-c", PYTHON_PACKAGES, place)
    assert 0 == status, said
    return {(name, version) for name, version in json.loads(said)}


def test_its_bill_of_materials_lists_every_package_in_it(image: Image) -> None:
    listed = json.loads((image.root / HOME[1:] / "sbom.json").read_text())["components"]

    _, debian = image.run("/usr/bin/dpkg-query", "--show", r"--showformat=${Package} ${Version}\n")
    assert len(debian.splitlines()) > 80
    assert sorted(debian.splitlines()) == sorted(
        f"{each['name']} {each['version']}"
        for each in listed
        if each["purl"].startswith("pkg:deb/debian/")
    )

    found = set()
    for python in ("/opt/venv/bin/python", "/usr/local/bin/python", "/usr/bin/python"):
        if (image.root / python[1:]).is_symlink() or (image.root / python[1:]).exists():
            found |= packages_of(image, python, "/")
    of_python = [each for each in listed if each["purl"].startswith("pkg:pypi/")]
    assert len(found) > 30
    assert found == {(each["name"], each["version"]) for each in of_python}


def test_all_that_its_environment_holds_was_installed_by_hash(image: Image) -> None:
    listed = json.loads((image.root / HOME[1:] / "sbom.json").read_text())["components"]
    hashed = {
        (each["name"], each["version"])
        for each in listed
        if any("hashes" in place for place in each.get("externalReferences", []))
    }

    held = packages_of(image, "/opt/venv/bin/python", "/opt/venv")
    assert len(held) > 30
    assert held <= hashed
    _, pip = image.run("/opt/venv/bin/python", "-m", "pip", "--version")
    assert "No module named pip" in pip
