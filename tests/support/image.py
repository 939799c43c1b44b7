"""The image of the Dockerfile: built by buildah, and run as docker-compose.yml has it run.

No daemon is needed. Where the base image cannot be had from a registry, one of its name is made
here: this distribution's minimal system with its Python.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

import pytest
from support.processes import ROOT

BASE: Final = "python:3.12-slim-bookworm"
PROGRAMS: Final = ("buildah", "mmdebstrap", "unshare")
AUTHORITIES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
SECONDS: Final = 1200
"""What a step of building may take: most of it is downloading."""
BASE_FILE: Final = f"""\
FROM scratch
ADD base.tar /
COPY {AUTHORITIES.name} {AUTHORITIES}
ENV PIP_CERT={AUTHORITIES}
"""
# As docker-compose.yml says: read-only but for /tmp and the volume, no capability, none to be had.
RUN: Final = """\
set -e
root=$1 volume=$2; shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
test -z "$volume" || mount --bind "$volume" "$root/srv/skillgap/instance"
exec chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --bounding-set=-all \
    --inh-caps=-all --no-new-privs env --chdir=/srv/skillgap --ignore-environment "$@"
"""


def needs_builder() -> pytest.MarkDecorator:
    """Skip a test, in one line, where no image can be built."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    reason = f"no image: needs root and {', '.join(missing)} (Debian packages of these names)"
    return pytest.mark.skipif(bool(missing) or os.geteuid() != 0, reason=reason)


@dataclass
class Image:
    """A built image: its configuration, and its files at a place of this machine."""

    config: dict[str, Any]
    root: Path

    def start(
        self,
        *command: str,
        output: int | IO[bytes] = subprocess.PIPE,
        volume: str = "",
        **settings: str,
    ) -> "subprocess.Popen[bytes]":
        """Run a command in it, by the entry point where it begins with no path."""
        words = command if command[0].startswith("/") else (*self._entry_point, *command)
        variables = dict(item.split("=", 1) for item in self.config["Env"]) | settings
        assert self.config["User"] == "10001:10001"
        unshared = ["unshare", "--mount", "--propagation", "private", "sh", "-c", RUN, "sh"]
        given = [str(self.root), volume, *(f"{name}={value}" for name, value in variables.items())]
        return subprocess.Popen(
            [*unshared, *given, *words], stdout=output, stderr=subprocess.STDOUT
        )

    def run(self, *command: str, **options: Any) -> tuple[int, str]:
        """The exit status of a command in it, and what it said."""
        process = self.start(*command, **options)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said.decode()

    @cached_property
    def _entry_point(self) -> list[str]:
        return list(self.config["Entrypoint"])


class Builder:
    """buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self._command = ["buildah", "--root", f"{folder}/store", "--runroot", f"{folder}/run"]
        self._folder = folder

    def __call__(self, *arguments: str) -> str:
        """What it says to standard output."""
        done = subprocess.run(
            [*self._command, *arguments],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert 0 == done.returncode, f"{arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout.strip()

    def make_base(self) -> None:
        """Make an image of the base's name."""
        context = self._folder / "base"
        context.mkdir()
        packages = "ca-certificates,python3,python3-dev,python3-venv"
        python = 'ln --symbolic python3 "$1/usr/bin/python"'
        subprocess.run(
            [
                *("mmdebstrap", "--variant=minbase", f"--include={packages}"),
                *(f"--customize-hook={python}", "bookworm", str(context / "base.tar")),
            ],
            check=True, capture_output=True, timeout=SECONDS,
        )  # fmt: skip
        shutil.copy(AUTHORITIES, context)
        (context / "Dockerfile").write_text(BASE_FILE)
        self("bud", "--isolation=chroot", f"--tag={BASE}", str(context))

    def has_base(self) -> bool:
        """Whether a registry gives the base."""
        command = [*self._command, "pull", "--quiet", BASE]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        return done.returncode == 0


@contextmanager
def built_image(folder: Path) -> Iterator[Image]:
    """Build the image of the project from its Dockerfile, and remove it when the block ends."""
    buildah = Builder(folder)
    if not buildah.has_base():
        buildah.make_base()
    # In this format it keeps the health check.
    buildah(
        "bud", "--isolation=chroot", "--format=docker", "--pull-never", "--tag=skillgap", str(ROOT)
    )
    container = buildah("from", "--pull-never", "skillgap")
    try:
        described = json.loads(buildah("inspect", "--type=image", "skillgap"))
        yield Image(described["Docker"]["config"], Path(buildah("mount", container)))
    finally:
        buildah("umount", container)
        buildah("rm", container)
        buildah("rmi", "--all", "--force")
