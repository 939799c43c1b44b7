"""Makes `.venv` hold what requirements files ask for, with the standard library alone.

A stamp in the environment names the Python that made it, where it lies, and the contents of every
requirements file installed into it. While the stamp holds nothing is done. Where an installation
was interrupted or a file has changed, pip runs again; where the environment was moved, or its
Python is gone or another, it is made anew.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from pip_bootstrap import BootstrapError, install_pip

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
PIP = "scripts/requirements/pip.txt"
"""What pins the pip that installs all others."""
BUILD = "scripts/requirements/build.txt"
"""What pins the packages that build those which come as source alone."""
STAMP = ENVIRONMENT / "requirements-stamp.json"
INCLUDED = re.compile(r"^(?:-r|--requirement)[ =]\s*(\S+)", re.MULTILINE)
DATABASE_URL = re.compile(r"""^\s*(?:export\s+)?DATABASE_URL\s*=\s*["']?(\S*)""", re.MULTILINE)


def say(message: str) -> None:
    """Tell the person at the terminal; standard output is left to what they run next."""
    sys.stderr.write(f"{message}\n")


def requirements_of_service() -> str:
    """The requirements file for the service's DATABASE_URL, from the environment or `.env`."""
    url = os.environ.get("DATABASE_URL", "")
    if not url and (ROOT / ".env").is_file():
        url = [url, *DATABASE_URL.findall((ROOT / ".env").read_text(encoding="utf-8"))][-1]
    return "requirements-mysql.txt" if url.startswith("mysql") else "requirements.txt"


def fingerprints(name: str) -> dict[str, str]:
    """SHA-256 of a requirements file and of each file it includes, by file name."""
    content = (ROOT / name).read_bytes()
    found = {name: hashlib.sha256(content).hexdigest()}
    for included in INCLUDED.findall(content.decode()):
        found |= fingerprints(included)
    return found


def interpreter() -> str:
    """Place and version of the environment's Python; empty where it does not run or lacks pip."""
    program = "import pip, sys; print(sys.prefix, sys.implementation.cache_tag)"
    try:
        done = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [PYTHON, "-I", "-c", program], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def write_stamp(made_by: str, installed: dict[str, str]) -> None:
    """Record what the environment holds, in one step that an interruption cannot halve."""
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps({"interpreter": made_by, "installed": installed}, indent=1))
    draft.replace(STAMP)


def installed_files() -> dict[str, str] | None:
    """The fingerprints recorded in a usable environment; None where it must be made anew."""
    found = interpreter()
    if not found:
        return None
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}  # made by hand: usable, its contents unknown
    except ValueError:
        return None
    return dict(stamp["installed"]) if stamp["interpreter"] == found else None


def create() -> None:
    """Make the environment anew, with a pip."""
    say(f"Creating .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    ENVIRONMENT.mkdir()
    write_stamp("unfinished", {})
    venv.create(ENVIRONMENT, symlinks=True)
    # Debian keeps ensurepip in python3-venv, a package of its own.
    ensured = subprocess.run(  # noqa: S603 - nothing in it comes from outside
        [PYTHON, "-I", "-m", "ensurepip", "--upgrade", "--default-pip"],
        capture_output=True,
        check=False,
    )
    if ensured.returncode:
        say("Fetching pip, which this Python comes without")
        install_pip(PYTHON, (ROOT / PIP).read_text(encoding="utf-8"))
    write_stamp(interpreter(), {})


def run_pip(names: list[str]) -> int:
    """Install what the named requirements files pin, errors alone shown; pip's exit status."""
    command: list[str | Path] = [PYTHON, "-I", "-m", "pip", "install", "-qq", "--no-input"]
    command += ["--disable-pip-version-check", "--require-hashes"]
    for name in names:
        command += ["--requirement", name]
    # A user-wide setting breaks environments. Paths are relative, since pip splits at spaces.
    environment = {**os.environ, "PIP_USER": "0", "PIP_BUILD_CONSTRAINT": BUILD}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603
    if done.returncode:
        say(f"Installing {', '.join(names)} failed: pip says why above.")
    return done.returncode


def install_pinned_pip() -> int:
    """Have the environment's pip replace itself by the pinned one; its exit status."""
    # Before Python 3.12 setuptools comes with pip, pinned by nothing and needed by nothing.
    command = [PYTHON, "-I", "-m", "pip", "uninstall", "-qq", "--yes", "setuptools"]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    status = run_pip([PIP])
    if status:
        say("Can it reach its package index?")
    return status


def install(names: list[str]) -> int:
    """Install the named files, and say what helps where that fails; pip's exit status."""
    say(f"Installing {', '.join(names)}")
    status = run_pip(names)
    if status and "requirements-mysql.txt" in names:
        say(
            "mysqlclient is built here; on Debian and Ubuntu that takes: apt-get install "
            "build-essential pkg-config default-libmysqlclient-dev python3-dev"
        )
    return status


def main(names: list[str]) -> int:
    """Bring the environment to what the named files ask for; the exit status."""
    names = names or [requirements_of_service()]
    pip = fingerprints(PIP)
    wanted = dict(pip)
    for name in names:
        wanted |= fingerprints(name)
    lock = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second finds the work done
    installed = installed_files()
    if installed is None:
        try:
            create()
        except (BootstrapError, OSError, subprocess.CalledProcessError) as error:
            say(f"The environment .venv could not be made: {error}")
            return 1
        installed = {}
    if wanted.items() <= installed.items():
        return 0
    write_stamp(interpreter(), {})
    if not pip.items() <= installed.items() and (status := install_pinned_pip()):
        return status
    if status := install(names):
        return status
    write_stamp(interpreter(), installed | wanted)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
