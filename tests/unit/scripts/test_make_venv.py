import hashlib

import make_venv
import pytest


@pytest.fixture(autouse=True)
def root(monkeypatch, tmp_path):
    """A project of its own, and no DATABASE_URL."""
    monkeypatch.setattr(make_venv, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_without_a_database_url_the_service_needs_no_driver():
    assert make_venv.requirements_of_service() == "requirements.txt"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql+mysqldb://user@host/name", "requirements-mysql.txt"),
        ("sqlite:///instance/mysql.db", "requirements.txt"),
    ],
)
def test_the_database_url_of_the_environment_decides(monkeypatch, url, expected):
    monkeypatch.setenv("DATABASE_URL", url)

    assert expected == make_venv.requirements_of_service()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("DATABASE_URL=mysql+mysqldb://u@h/n\n", "requirements-mysql.txt"),
        ("PORT=1\nexport DATABASE_URL = 'mysql+mysqldb://u@h/n'\n", "requirements-mysql.txt"),
        ('DATABASE_URL="mysql+mysqldb://u@h/n"', "requirements-mysql.txt"),
        ("DATABASE_URL=mysql://u@h/n\nDATABASE_URL=sqlite://\n", "requirements.txt"),
        ("# DATABASE_URL=mysql+mysqldb://u@h/n\n", "requirements.txt"),
        ("TEST_DATABASE_URL=mysql+mysqldb://u@h/n\n", "requirements.txt"),
        ("DATABASE_URL=\n", "requirements.txt"),
        ("", "requirements.txt"),
    ],
)
def test_else_the_last_database_url_of_the_env_file_decides(root, content, expected):
    (root / ".env").write_text(content)

    assert expected == make_venv.requirements_of_service()


def test_the_environment_wins_over_the_env_file(root, monkeypatch):
    (root / ".env").write_text("DATABASE_URL=mysql+mysqldb://u@h/n\n")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")

    assert make_venv.requirements_of_service() == "requirements.txt"


def test_a_fingerprint_covers_each_file_that_another_includes(root):
    contents = {
        "outer.txt": b"-r middle.txt\nx==1\n",
        "middle.txt": b"--requirement inner.txt",
        "inner.txt": b"# -r absent.txt\ny==2",
    }
    for name, content in contents.items():
        (root / name).write_bytes(content)

    expected = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    assert expected == make_venv.fingerprints("outer.txt")
