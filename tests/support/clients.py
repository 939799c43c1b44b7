"""What makes clients of the OpenAPI document, and what checks the document itself.

The pinned programs are installed into a folder of the test's own.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from support.processes import ROOT

CLIENTS: Final = Path(__file__).with_name("clients")
DOCUMENT: Final = ROOT / "docs" / "api.md"
PLACE: Final = "http://127.0.0.1:8000"
"""Where the product is in the examples."""
NEWEST_OF_OLD_NODES: Final = (20, 18)
"""redocly takes 20.19 and later."""


def _why_without_tools() -> str | None:
    for program in ("node", "npm", "java"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = re.findall("[0-9]+", said)[:2]
    if (int(major), int(minor)) <= NEWEST_OF_OLD_NODES:
        return f"Node.js {said.strip()} is older than 20.19"
    return None


def needs_generators() -> pytest.MarkDecorator:
    """Skip a test, in one line, where the programs that make clients could not run."""
    why = _why_without_tools()
    wanted = "Debian 13: apt-get install nodejs npm default-jre-headless"
    return pytest.mark.skipif(why is not None, reason=f"no clients are made: {why} ({wanted})")


def documented(program: str) -> str:
    """The command by which the documents have a program make a client."""
    (found,) = re.findall(rf"^(?:npx )?{program} .+$", DOCUMENT.read_text(), re.MULTILINE)
    return str(found)


class Tools:
    """The programs, installed in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(CLIENTS, folder, dirs_exist_ok=True)
        self.run("npm ci --no-audit --no-fund --ignore-scripts")
        self.run(f"{sys.executable} -m venv venv")
        self.run("venv/bin/pip install --quiet --requirement requirements.txt")

    def run(self, command: str) -> str:
        """Run a command to its end; what it says is the failure where it fails."""
        settings = {
            "PATH": f"node_modules/.bin:{self.folder / 'venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": "skill-gap-client:generated",
            "REDOCLY_TELEMETRY": "off",
            "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
        }
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        assert 0 == done.returncode, f"{command}: {said[-4000:]}"
        return said
