import tomllib
from pathlib import Path

from onet_client.sessions import USER_AGENT
from onet_client.version import VERSION


def test_o_net_and_installers_are_told_the_one_version() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))

    assert VERSION == project["project"]["version"]
    assert f"skillgap/{VERSION} " in USER_AGENT
