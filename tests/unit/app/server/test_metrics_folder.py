import os
import tempfile
from pathlib import Path

import pytest

from app.server.metrics_folder import shared_metrics
from app.settings import METRICS_FOLDER, metrics_folder


@pytest.fixture(autouse=True)
def unshared(monkeypatch):
    monkeypatch.setenv(METRICS_FOLDER, "")


def test_the_processes_of_a_server_share_a_folder_of_its_own_that_ends_with_it(tmp_path):
    folders = set()
    for _ in range(2):
        with shared_metrics(tmp_path):
            folder = metrics_folder()
            assert tmp_path == folder.parent
            folder.mkdir()
            (folder / "counts").touch()
        folders.add(folder)

    assert 2 == len(folders)
    assert [] == list(tmp_path.iterdir())


def test_a_place_is_named_as_it_is_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with shared_metrics(Path("metrics")):
        assert tmp_path / "metrics" == metrics_folder().parent


def test_without_a_place_it_is_where_the_system_has_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    with shared_metrics(None):
        assert tmp_path == metrics_folder().parent


def test_where_there_are_no_temporary_files_processes_share_nothing(monkeypatch, caplog):
    def none():
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    with shared_metrics(None):
        assert metrics_folder() is None
    assert "each process tells its own metrics alone: No usable" in caplog.text
