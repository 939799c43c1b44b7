import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"


def write_wheel(folder, name):
    """A wheel of a made-up project that is one empty module: enough for pip to install it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


class Project:
    """A folder with the project's scripts, and requirements of its own that need no network."""

    def __init__(self, folder):
        self.folder = folder

    def require(self, file, module, *more):
        wheel = write_wheel(self.folder, module)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines = [f"{wheel} --hash=sha256:{digest}", *more]
        (self.folder / file).write_text("\n".join(lines))

    def make(self, *names):
        return subprocess.run(
            [self.folder / "scripts" / "venv", *names],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "DATABASE_URL": "sqlite://"},
        )

    def holds(self, module):
        command = [self.folder / ".venv" / "bin" / "python", "-c", f"import {module}"]
        return 0 == subprocess.run(command, capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose environment has been made, from requirements.txt."""
    made = Project(tmp_path_factory.mktemp("made") / "project")
    shutil.copytree(SCRIPTS, made.folder / "scripts")
    made.require("scripts/requirements/pip.txt", "in_place_of_pip")
    made.require("requirements.txt", "needed_by_service")
    first = made.make()
    assert (0, True) == (first.returncode, "Creating .venv" in first.stderr), first.stderr
    return made


@pytest.fixture
def moved(project, tmp_path):
    """The made project in another place."""
    shutil.copytree(project.folder, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


def test_a_new_environment_holds_what_the_service_requires(project):
    assert project.holds("needed_by_service")


def test_what_installs_the_others_is_installed_by_its_own_pins(project):
    assert project.holds("in_place_of_pip")


def test_a_second_run_has_nothing_to_do(project):
    again = project.make()

    assert (0, "", "") == (again.returncode, again.stdout, again.stderr)


def test_another_file_is_added_with_what_it_includes_and_again_where_that_has_changed(project):
    project.require("inner.txt", "inner_before")
    project.require("outer.txt", "outer", "-r inner.txt")

    added = project.make("outer.txt")

    assert (0, "Installing outer.txt\n") == (added.returncode, added.stderr)
    assert project.holds("outer, inner_before")
    assert "" == project.make("outer.txt").stderr
    assert "" == project.make("requirements.txt").stderr
    project.require("inner.txt", "inner_after")

    changed = project.make("outer.txt")

    assert "Installing outer.txt\n" == changed.stderr
    assert project.holds("inner_after")


def test_a_failed_installation_is_an_error_and_is_redone(project):
    (project.folder / "failing.txt").write_text(str(project.folder / "absent.whl"))

    failed = project.make("failing.txt")

    assert 0 != failed.returncode
    assert "Installing failing.txt failed: pip says why above." in failed.stderr
    project.require("failing.txt", "mended")
    assert 0 == project.make("failing.txt").returncode
    assert project.holds("mended")
    # What the failure may have left half done counts as not installed.
    assert "Installing requirements.txt\n" == project.make("requirements.txt").stderr


@pytest.mark.parametrize(
    "pin", ["", pytest.param(" --hash=sha256:" + "0" * 64, marks=pytest.mark.soak)]
)
def test_a_file_that_has_not_the_pinned_hash_is_refused(project, pin):
    wheel = write_wheel(project.folder, "exchanged")
    (project.folder / "exchanged.txt").write_text(f"{wheel}{pin}")

    refused = project.make("exchanged.txt")

    assert 1 == refused.returncode
    assert "hash" in refused.stderr.lower()
    assert not project.holds("exchanged")


@pytest.mark.soak
@pytest.mark.parametrize("python_is_gone", [False, True])
def test_an_environment_that_was_moved_is_made_anew_with_its_python_or_without(
    moved, python_is_gone
):
    if python_is_gone:
        python = moved.folder / ".venv" / "bin" / "python"
        python.unlink()
        python.symlink_to("/nonexistent/python")

    again = moved.make()

    assert 0 == again.returncode
    assert "Creating .venv" in again.stderr
    assert moved.holds("needed_by_service")


def test_an_environment_made_by_hand_is_kept_and_completed(project):
    (project.folder / ".venv" / "requirements-stamp.json").unlink()

    again = project.make()

    assert (0, "Installing requirements.txt\n") == (again.returncode, again.stderr)


def fake_python(folder, name, script):
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def run_with_pythons_of(folder):
    (folder / "dirname").symlink_to(shutil.which("dirname"))
    command = ["/bin/sh", SCRIPTS / "venv", "requirements.txt"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": str(folder)}
    )


def test_a_python_that_is_too_old_is_passed_over_for_a_newer_one(tmp_path):
    fake_python(tmp_path, "python3", "exit 1")
    fake_python(tmp_path, "python3.12", '[ "$1" = -c ] || echo "$0 $*"')

    run = run_with_pythons_of(tmp_path)

    assert 0 == run.returncode
    assert f"{tmp_path}/python3.12 {SCRIPTS}/make_venv.py requirements.txt\n" == run.stdout


def test_without_a_new_enough_python_one_line_says_what_to_do(tmp_path):
    fake_python(tmp_path, "python3", "exit 1")

    run = run_with_pythons_of(tmp_path)

    assert 1 == run.returncode
    assert 1 == len(run.stderr.splitlines())
    assert "Python 3.11 or newer" in run.stderr
