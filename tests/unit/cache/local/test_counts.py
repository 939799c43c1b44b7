"""Numbers of several processes, added up from what can be read of them."""

import errno
import os
from pathlib import Path

import pytest
from support.waiting import at_once

from cache.local import count_file
from cache.local.counts import Counts

HIT, MISS, WAITING = ("reads", "hit"), ("reads", "miss"), ("waiting",)
NO_PROCESS = (1 << 22) + 1
"""Linux has none with such a number."""


def counts(folder: Path) -> Counts:
    return Counts(folder, "waiting", [HIT])


def test_what_is_counted_by_several_is_added_up(tmp_path: Path) -> None:
    one, other = counts(tmp_path), counts(tmp_path)
    one.add(HIT, 2)
    other.add(HIT)
    other.add(MISS)
    other.add(WAITING)

    assert {HIT: 3, MISS: 1, WAITING: 1} == one.totals() == other.totals()


def test_threads_lose_no_count(tmp_path: Path) -> None:
    one = counts(tmp_path)
    at_once([lambda: [one.add(HIT) for _ in range(2_000)]] * 4)

    assert {HIT: 8_000} == one.totals() == counts(tmp_path).totals()


def test_what_cannot_be_read_is_left_out_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    counts(tmp_path).add(HIT)
    (tmp_path / "counts_1_00000000.db").write_bytes(b"")
    (tmp_path / "counter_9.db").write_bytes(b"x")
    one = counts(tmp_path)
    for _ in range(3):
        assert {HIT: 1} == one.totals()

    assert 2 == len(caplog.messages)
    assert "counter_9.db, which cannot be read: its name is none of ours" in caplog.text
    assert "counts_1_00000000.db, which cannot be read: it is empty" in caplog.text


def test_what_waits_ends_with_its_process_and_what_was_counted_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other_process:
        other_process.setattr(os, "getpid", lambda: NO_PROCESS)
        one = counts(tmp_path)
        one.add(WAITING)
        one.add(MISS)
        assert {HIT: 0, MISS: 1, WAITING: 1} == one.totals()

    assert {HIT: 0, MISS: 1} == counts(tmp_path).totals()


def test_a_forked_process_counts_in_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = counts(tmp_path)
    one.add(HIT, 5)
    monkeypatch.setattr(os, "getpid", lambda: NO_PROCESS)
    one.add(MISS, 7)

    assert {HIT: 5, MISS: 7} == one.totals() == counts(tmp_path).totals()
    assert 2 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.EDQUOT, errno.EIO, errno.EACCES]
)
@pytest.mark.parametrize("call", ["pwrite", "fstat", "open"])
def test_counting_goes_on_whatever_the_system_refuses(
    number: int, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_file, "LOOK_SECONDS", 0)
    one = counts(tmp_path)
    one.add(HIT)
    counts(tmp_path).add(MISS)

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as refusing:
        refusing.setattr(os, call, refuse)
        one.add(HIT)
        one.add(WAITING)
        of_others = {} if call == "open" else {MISS: 1}
        assert {HIT: 2, WAITING: 1, **of_others} == one.totals()

    one.add(HIT)
    assert {HIT: 3, MISS: 1, WAITING: 1} == one.totals() == counts(tmp_path).totals()
