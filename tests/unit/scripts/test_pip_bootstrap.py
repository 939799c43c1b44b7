import json
import os

import pytest
from pip_bootstrap import (
    BootstrapError,
    Link,
    newest_wheel,
    pip_setting,
    read_html,
    read_json,
    runs_here,
)

BASE = "https://index.test/simple/pip/"
PYTHON = (3, 11)


def wheel(version, sha256="ab", requires_python=">=3.8"):
    return Link(f"{BASE}pip-{version}-py3-none-any.whl", sha256, requires_python)


def test_a_page_of_html_gives_links_with_their_hash_and_what_they_ask_of_python():
    page = b"""<!DOCTYPE html><html><body><h1>Links for pip</h1>
    <a href="../../files/pip-24.0-py3-none-any.whl#sha256=ab12"
       data-requires-python="&gt;=3.7">pip-24.0-py3-none-any.whl</a>
    <a href="https://files.test/pip-24.0.tar.gz#md5=cd">pip-24.0.tar.gz</a>
    <a name="no-address"></a></body></html>"""

    assert [
        Link("https://index.test/files/pip-24.0-py3-none-any.whl", "ab12", ">=3.7"),
        Link("https://files.test/pip-24.0.tar.gz", "", ""),
    ] == read_html(BASE, page)


def test_a_page_of_json_gives_links_with_their_hash_and_what_they_ask_of_python():
    files = [
        {"url": "../pip-24.0-py3-none-any.whl", "hashes": {"sha256": "ab12"}, "yanked": False},
        {"url": "https://files.test/x.whl", "hashes": {}, "requires-python": ">=3.7"},
    ]

    assert [
        Link("https://index.test/simple/pip-24.0-py3-none-any.whl", "ab12", ""),
        Link("https://files.test/x.whl", "", ">=3.7"),
    ] == read_json(BASE, json.dumps({"files": files}).encode())


def test_a_yanked_file_is_left_out_of_either_page():
    html = b'<a href="pip-9-py3-none-any.whl#sha256=ab" data-yanked="broken">pip</a>'
    files = [{"url": "pip-9-py3-none-any.whl", "hashes": {"sha256": "ab"}, "yanked": "broken"}]

    assert read_html(BASE, html) == []
    assert read_json(BASE, json.dumps({"files": files}).encode()) == []


def test_the_newest_wheel_is_the_highest_number_rather_than_the_last_word():
    links = [wheel("9.0.3"), wheel("24.10"), wheel("24.9.1")]

    assert wheel("24.10") == newest_wheel(links, PYTHON)


@pytest.mark.parametrize(
    "unfit",
    [
        wheel("99.0b1"),
        wheel("99.0", sha256=""),
        wheel("99.0", requires_python=">=3.12"),
        Link(f"{BASE}pip-99.0.tar.gz", "ab", ""),
        Link(f"{BASE}pip-99.0-cp311-cp311-linux_x86_64.whl", "ab", ""),
        Link(f"{BASE}pipx-99.0-py3-none-any.whl", "ab", ""),
    ],
    ids=["a preview", "no hash", "a newer Python", "a source", "a platform", "another project"],
)
def test_the_newest_wheel_is_never(unfit):
    assert wheel("24.0") == newest_wheel([unfit, wheel("24.0")], PYTHON)


def test_an_index_without_a_fitting_wheel_is_an_error():
    with pytest.raises(BootstrapError, match="no wheel of pip"):
        newest_wheel([wheel("24.0", sha256="")], PYTHON)


@pytest.mark.parametrize(
    ("requires_python", "expected"),
    [
        ("", True),
        (">=3.11", True),
        (">= 3.7, !=3.9.*", True),
        (">=3.12", False),
        (">=2.7,>=3.12", False),
        (">=4.0", False),
    ],
)
def test_what_a_wheel_asks_of_python_is_kept(requires_python, expected):
    assert expected is runs_here(requires_python, PYTHON)


@pytest.fixture
def pip_conf(monkeypatch, tmp_path):
    """Writes the pip.conf that no other one overrides; without a text, none is read."""
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    def write(text):
        (tmp_path / "pip.conf").write_text(text)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    return write


@pytest.mark.usefixtures("pip_conf")
def test_without_a_configuration_a_setting_of_pip_is_unset():
    assert None is pip_setting("index-url")


@pytest.mark.parametrize(
    "text",
    [
        "[global]\nindex-url = https://index.test/simple",
        "[global]\nindex_url: https://index.test/simple",
        "[global]\nindex-url = https://other.test\n[install]\nindex-url=https://index.test/simple",
    ],
    ids=["global", "underscore and colon", "install over global"],
)
def test_a_setting_of_pip_is_read_from_its_configuration(pip_conf, text):
    pip_conf(text)

    assert pip_setting("index-url") == "https://index.test/simple"


def test_the_environment_wins_over_the_configuration_of_pip(pip_conf, monkeypatch):
    pip_conf("[global]\nindex-url = https://index.test/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.test/simple")

    assert pip_setting("index-url") == "https://other.test/simple"


def test_the_users_configuration_of_pip_wins_over_the_older_place_of_it(monkeypatch, tmp_path):
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (".pip", ".config/pip"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "pip.conf").write_text(f"[global]\nindex-url = {folder}")

    assert pip_setting("index-url") == ".config/pip"
