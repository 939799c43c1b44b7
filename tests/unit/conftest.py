"""Unit tests open no socket, neither to a network nor to a Unix path."""

from collections.abc import Generator

import pytest

RULE = "tests/unit opens no socket: a test that needs one belongs in tests/integration"


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled: None) -> None:
    """Have pytest-socket's fixture in force for every test below this folder."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name the rule beside the failure of a test that broke it."""
    if call.excinfo is not None and "A test tried to use socket" in str(call.excinfo.value):
        call.excinfo.value.add_note(RULE)
    return (yield)
