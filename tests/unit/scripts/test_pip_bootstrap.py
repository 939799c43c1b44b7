import json
import os

import pytest
from pip_bootstrap import pip_setting, read_html, read_json


def test_a_page_of_html_gives_its_links():
    page = b"""<!DOCTYPE html><html><body><h1>Links for pip</h1>
    <a href="../../files/pip-24.0-py3-none-any.whl#sha256=ab12"
       data-requires-python="&gt;=3.7">pip-24.0-py3-none-any.whl</a>
    <a href="https://files.test/pip-24.0.tar.gz?a=1&amp;b=2">pip-24.0.tar.gz</a>
    <a name="no-address"></a></body></html>"""

    assert [
        "../../files/pip-24.0-py3-none-any.whl#sha256=ab12",
        "https://files.test/pip-24.0.tar.gz?a=1&b=2",
    ] == read_html(page)


def test_a_page_of_json_gives_its_links():
    files = [{"url": "../pip-24.0-py3-none-any.whl"}, {"url": "https://files.test/x.whl"}]

    page = json.dumps({"files": files}).encode()
    assert ["../pip-24.0-py3-none-any.whl", "https://files.test/x.whl"] == read_json(page)


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
