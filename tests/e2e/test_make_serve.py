import os
import re
import shutil
import signal
import subprocess
import sysconfig
import venv
from contextlib import contextmanager

import pytest
import requests
from support.clock import eventually
from support.local_archive import local_archive
from support.mysql_server import free_port
from support.processes import ROOT, SECONDS, Serving, processes_in
from support.release_files import zip_folder

PARTS = ("app", "cache", "data", "migrations", "onet_client", "scripts")
FILES = (".flaskenv", "Makefile", "pyproject.toml", "wsgi.py")
REQUIREMENTS = ("requirements.txt", "requirements-mysql.txt")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A checkout whose environment finds the packages of this one, so that pip fetches nothing."""
    folder = tmp_path_factory.mktemp("checkout") / "project"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    for file in (*FILES, *REQUIREMENTS):
        shutil.copy(ROOT / file, folder / file)
    venv.create(folder / ".venv", symlinks=True)
    (site_packages,) = (folder / ".venv").glob("lib/python*/site-packages")
    (site_packages / "this.pth").write_text(sysconfig.get_path("purelib"))
    return folder


@contextmanager
def making(project, **settings):
    """`make serve` at work, in a process group of its own as at a terminal."""
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not re.match("DATABASE_URL|SEED_|FLASK_|ONET_|CACHE_|MAKE|PYTHON|HOST$", name)
    }
    environment |= {"PORT": str(port), "FLASK_APP": "another_project"}
    settings = {"SEED_RELEASE": "bundled", "WEB_CONCURRENCY": "1"} | settings
    with (project / "serve.log").open("w") as log:
        process = subprocess.Popen(
            ["make", "serve"],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment | settings,
            start_new_session=True,
        )
    server = Serving(f"http://127.0.0.1:{port}", process, project / "serve.log")
    try:
        server.await_answer("/health/ready")
        yield server
    finally:
        if None is process.poll():
            server.stop()


def test_make_serve_alone_brings_the_newest_release(project, made_up_release, tmp_path):
    body = zip_folder(made_up_release, tmp_path / "archive.zip").read_bytes()
    with local_archive() as archive:
        archive.publish("28.1", body)
        settings = {
            "SEED_RELEASE": "latest",
            "ONET_ARCHIVE_URL": archive.url,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'skillgap.db'}",
        }
        with making(project, **settings) as serving:
            answer = serving.get("/occupations/15-9002.00").json()

    assert "Tide Clerks" == answer["title"]
    said = serving.log.read_text()
    for words in ("Asking ", "Downloading ", "Downloaded ", "O*NET 28.1 from", "is complete"):
        assert words in said


def test_make_serve_migrates_seeds_answers_and_starts_again_as_it_is_ended_by_sigterm_or_ctrl_c(
    project,
):
    with making(project) as serving:
        answer = serving.get("/skill-gap?from=11-1011.00&to=15-1254.00").json()
        assert (8, 0.8824) == (answer["summary"]["gaps"], answer["summary"]["readiness"])
        assert -signal.SIGTERM == serving.stop()
        assert_nothing_is_left(project, serving)

    first = serving.log.read_text()
    with making(project) as again:
        eventually(True, lambda: any("worker" in words for words in processes_in(project).values()))
        os.killpg(again.process.pid, signal.SIGINT)
        # make itself, once its command is done, ends by the signal: 130 in a shell.
        assert -signal.SIGINT == again.process.wait(SECONDS)
        assert_nothing_is_left(project, again)
    # What makes a first start slow is not done a second time.
    assert "Published." in first
    assert not re.search("Installing|Published", again.log.read_text())


def assert_nothing_is_left(project, serving):
    eventually({}, lambda: processes_in(project))
    with pytest.raises(requests.ConnectionError):
        serving.get("/health")
    assert "Traceback" not in serving.log.read_text()
