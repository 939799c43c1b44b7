"""One makes what many ask for at once; who comes later has it made anew."""

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from support.waiting import at_once

from cache.local.once import MadeOnce, cached_property

CROWD = 16


def in_a_crowd(ask) -> list[object]:
    """What many threads get that ask at the same moment."""
    return [done.result for done in at_once([ask] * CROWD)]


def test_what_is_being_made_is_shared() -> None:
    once: MadeOnce[str, object] = MadeOnce()
    made = []

    def make() -> object:
        made.append(1)
        time.sleep(0.2)
        return object()

    assert 1 == len(set(map(id, in_a_crowd(lambda: once.share("a", make)))))
    assert 1 == len(made)
    once.share("a", make)
    assert 2 == len(made)


def test_who_asks_for_something_else_does_not_wait() -> None:
    once: MadeOnce[str, str] = MadeOnce()
    done = Event()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.share, "a", lambda: done.wait(5) and "a")
        assert "b" == once.share("b", lambda: "b")
        done.set()
        assert "a" == first.result()


def test_an_error_is_shared_and_not_kept() -> None:
    once: MadeOnce[str, str] = MadeOnce()
    tries = []

    def fail() -> str:
        tries.append(1)
        time.sleep(0.2)
        raise LookupError("no")

    def ask() -> None:
        with pytest.raises(LookupError, match="no"):
            once.share("a", fail)

    assert [None] * CROWD == in_a_crowd(ask)
    assert 1 == len(tries)
    assert "yes" == once.share("a", lambda: "yes")


def test_an_attribute_is_made_once_also_where_the_library_takes_no_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Python's since 3.12, which this stands for where the tests run on an older one."""

    def unlocked(self, instance, owner=None):
        if self.attrname not in instance.__dict__:
            instance.__dict__[self.attrname] = self.func(instance)
        return instance.__dict__[self.attrname]

    monkeypatch.setattr(functools.cached_property, "__get__", unlocked)
    made = []

    class Parts:
        @cached_property
        def part(self) -> object:
            made.append(1)
            time.sleep(0.1)
            return object()

    parts = Parts()
    assert 1 == len(set(map(id, in_a_crowd(lambda: parts.part))))
    assert 1 == len(made)
