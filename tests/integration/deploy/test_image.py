import re
import stat
from fnmatch import fnmatch
from pathlib import Path

import pytest

from app.settings import RELEASES

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def dockerfile():
    """Instructions of the Dockerfile's last stage, as (word, rest of the line)."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and line[0] != "#"]
    last = max(number for number, line in enumerate(lines) if "FROM" == line[0])
    return [(word, " ".join(rest.split())) for word, rest in lines[last:]]


def one(dockerfile, word):
    (rest,) = [rest for instruction, rest in dockerfile if word == instruction]
    return rest


def test_the_image_runs_as_an_account_without_rights_of_its_own(dockerfile):
    user, group = one(dockerfile, "USER").split(":")

    assert user.isdecimal()
    assert group.isdecimal()
    assert 1000 <= int(user)
    assert any(f"useradd --uid {user} " in rest for word, rest in dockerfile if "RUN" == word)
    after_user = dockerfile[[word for word, _ in dockerfile].index("USER") :]
    assert {"RUN", "COPY"}.isdisjoint(word for word, _ in after_user)


def test_the_image_has_a_health_check_that_lets_the_server_start(dockerfile):
    check = one(dockerfile, "HEALTHCHECK")

    assert check.endswith('CMD ["python", "docker/healthcheck.py", "/health"]')
    assert "--start-period=" in check
    assert (ROOT / "docker" / "healthcheck.py").is_file()


def test_the_image_starts_by_its_entry_point_without_a_shell_between(dockerfile):
    folder = one(dockerfile, "WORKDIR")

    assert f'["{folder}/docker/entrypoint.sh"]' == one(dockerfile, "ENTRYPOINT")
    assert '["serve"]' == one(dockerfile, "CMD")
    assert (ROOT / "docker" / "entrypoint.sh").stat().st_mode & stat.S_IXUSR


def test_what_is_downloaded_can_be_kept(dockerfile):
    runs = " ".join(rest for word, rest in dockerfile if "RUN" == word)
    (folders,) = re.findall(
        r"install --directory --owner=skillgap --group=skillgap (.*?)(?: &&|$)", runs
    )

    assert str(RELEASES) in folders.split()


def test_the_image_holds_the_client_library_but_no_compiler(dockerfile):
    runs = " ".join(rest for word, rest in dockerfile if "RUN" == word)

    assert "libmariadb3" in runs
    assert "build-essential" not in runs
    assert "-dev" not in runs


def test_the_image_is_built_from_the_requirements_of_mysql_and_pinned_bases():
    text = (ROOT / "Dockerfile").read_text()

    assert "--requirement /build/requirements-mysql.txt" in text
    assert "--require-hashes" in text
    assert ["python:3.12-slim-bookworm"] * 2 == re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert [] == re.findall(r"^ADD ", text, re.MULTILINE)


@pytest.mark.parametrize(
    "path",
    [
        ".flaskenv",
        "LICENSE",
        "app/settings.py",
        "data/Skills.txt",
        "docker/entrypoint.sh",
        "migrations/env.py",
        "pyproject.toml",
        "requirements-mysql.txt",
        "scripts/requirements/pip.txt",
        "scripts/sbom.py",
        "wsgi.py",
    ],
)
def test_what_runs_goes_into_the_image(path):
    assert (ROOT / path).is_file()
    assert is_in_image(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".venv/bin/python",
        "app/__pycache__/x.pyc",
        "app/api/__pycache__/x.pyc",
        "instance/skillgap.db",
        "scripts/make_venv.py",
        "tests/conftest.py",
    ],
)
def test_what_is_private_or_not_needed_stays_out_of_the_image(path):
    assert not is_in_image(path)


def is_in_image(path):
    """Whether .dockerignore lets a path through: the last line that matches it decides."""
    parts = Path(path).parts
    prefixes = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    included = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        names = parts if "**/" in line else prefixes
        if line and not line.startswith("#") and any(fnmatch(name, pattern) for name in names):
            included = line.startswith("!")
    return included
