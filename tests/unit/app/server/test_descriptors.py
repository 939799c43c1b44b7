import resource

import pytest

from app.server.descriptors import TooFewDescriptors, raise_limit

INFINITE = resource.RLIM_INFINITY


@pytest.fixture
def system(monkeypatch):
    """What the system allows, and what it was told."""
    state = {"limits": (1024, 4096), "refuses": False}

    def set_limits(_kind, limits):
        if state["refuses"]:
            raise ValueError("not allowed to raise maximum limit")
        state["limits"] = limits

    monkeypatch.setattr(resource, "getrlimit", lambda _kind: state["limits"])
    monkeypatch.setattr(resource, "setrlimit", set_limits)
    return state


@pytest.mark.parametrize(
    ("limits", "given", "after"),
    [
        ((1024, 4096), 4000, (4000, 4096)),
        ((1024, 2048), 2048, (2048, 2048)),
        ((1024, INFINITE), 4000, (4000, INFINITE)),
        ((8000, 9000), 4000, (8000, 9000)),
        ((INFINITE, INFINITE), 4000, (INFINITE, INFINITE)),
        ((100, 100), 100, (100, 100)),
    ],
)
def test_as_many_as_wanted_may_be_open_or_as_are_allowed_and_never_fewer(
    system, limits, given, after
):
    system["limits"] = limits

    assert given == raise_limit(100, 4000)
    assert after == system["limits"]


def test_where_the_system_refuses_it_stays_as_it_was(system):
    system["refuses"] = True

    assert 1024 == raise_limit(100, 4000)


def test_too_few_are_refused_with_what_to_do(system):
    system["limits"] = (16, 16)
    with pytest.raises(TooFewDescriptors, match="16 files may be open at once, 100 are needed: "):
        raise_limit(100, 4000)
