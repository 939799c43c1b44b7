"""What a process counts lies whole in a file, or the file says nothing; counting goes on."""

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.local import count_file
from cache.local.count_file import CountFile, Key, decoded, encoded, read_counts

KEYS = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1)
VALUES = st.dictionaries(
    KEYS.map(tuple).filter(any), st.floats(allow_nan=False, allow_infinity=False), min_size=1
)
ONE: Key = ("reads", "hit")
OTHER: Key = ("reads", "miss")


def whole(values: dict[Key, float]) -> bytes:
    return b"".join(encoded(key, value) for key, value in values.items())


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_file, "LOOK_SECONDS", 0)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Have the system write a part of what is longer, and refuse then, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@given(VALUES)
def test_what_is_written_is_read(values: dict[Key, float]) -> None:
    assert values == decoded(whole(values))
    assert 0 == len(whole(values)) % 8


@given(VALUES, st.data())
def test_what_was_cut_short_is_refused_or_was_whole_until_there(
    values: dict[Key, float], data: st.DataObject
) -> None:
    text = whole(values)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with suppress(ValueError):
        assert decoded(cut).items() <= values.items()


@given(st.binary(max_size=400))
def test_anything_else_is_read_or_refused_and_no_more(data: bytes) -> None:
    with suppress(ValueError):
        decoded(data)


@pytest.mark.parametrize(
    "data", [b"", b"\0", bytes(16), bytes(4096), b"PNG" * 99, encoded(("a",), float("nan"))]
)
def test_what_holds_no_counts_says_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="it "):
        decoded(data)


def test_a_file_holds_the_values_of_its_process(tmp_path: Path) -> None:
    file = CountFile(tmp_path / "made" / "with its parents")
    values: dict[Key, float] = {ONE: 3, OTHER: 0}
    file.write(values, ONE)
    for number in range(1, 50):
        values[OTHER] = number
        file.write(values, OTHER)
    values["http", "/health", "200"] = 1
    file.write(values, ("http", "/health", "200"))

    assert (os.getpid(), values) == read_counts(file.path)
    assert [file.path] == list(file.path.parent.iterdir())
    assert 0o600 == file.path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: os.truncate(path, 8), id="cut short"),
        pytest.param(lambda path: os.truncate(path, 0), id="emptied"),
        pytest.param(Path.unlink, id="removed"),
        pytest.param(lambda path: shutil.rmtree(path.parent), id="removed with its folder"),
    ],
)
def test_a_file_that_was_spoilt_is_made_again_with_all_its_values(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    file = CountFile(tmp_path / "folder")
    values: dict[Key, float] = {ONE: 3, OTHER: 4}
    file.write(values, ONE)
    spoil(file.path)
    values[OTHER] = 5
    file.write(values, OTHER)

    assert values == read_counts(file.path)[1]


def test_where_there_is_no_room_that_is_said_once_and_the_file_comes_when_there_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = CountFile(tmp_path)
    values: dict[Key, float] = {ONE: 3}
    with files_of_at_most(10):
        for _ in range(20):
            values[ONE] += 1
            file.write(values, ONE)
    assert [] == list(tmp_path.iterdir())
    assert 1 == len(caplog.messages)
    assert f"cannot be kept in {tmp_path} (No space left on device)" in caplog.text

    file.write(values, ONE)
    assert values == read_counts(file.path)[1]


def test_a_record_that_finds_no_room_leaves_the_others_whole(tmp_path: Path) -> None:
    file = CountFile(tmp_path)
    values: dict[Key, float] = {ONE: 3}
    file.write(values, ONE)
    with files_of_at_most(len(whole(values)) + 5):
        values[OTHER] = 1
        file.write(values, OTHER)
        assert {ONE: 3} == read_counts(file.path)[1]
        values[ONE] = 4
        file.write(values, ONE)
        assert {ONE: 4} == read_counts(file.path)[1]
    file.write(values, OTHER)

    assert values == read_counts(file.path)[1]


def test_a_folder_that_is_a_file_is_said_and_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").write_text("")
    file = CountFile(tmp_path / "folder")
    file.write({ONE: 1}, ONE)

    assert 1 == len(caplog.messages)


def test_a_file_of_counts_is_known_by_its_name_and_is_no_link_pipe_or_giant(tmp_path: Path) -> None:
    good = tmp_path / "counts_12_0123abcd.db"
    good.write_bytes(whole({ONE: 1}))
    assert (12, {ONE: 1}) == read_counts(good)

    named_otherwise = tmp_path / "counter_12.db"
    named_otherwise.write_bytes(good.read_bytes())
    link = tmp_path / "counts_1_00000001.db"
    link.symlink_to(good)
    pipe = tmp_path / "counts_1_00000002.db"
    os.mkfifo(pipe)
    giant = tmp_path / "counts_1_00000003.db"
    giant.write_bytes(whole({ONE: 1}))
    os.truncate(giant, 1 << 40)
    folder = tmp_path / "counts_1_00000004.db"
    folder.mkdir()
    for path in (named_otherwise, link, pipe, giant, folder):
        with pytest.raises((OSError, ValueError)):
            read_counts(path)
