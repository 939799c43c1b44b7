"""The log: one line an event, of bounded length, whatever callers have it say."""

import json
import logging

import pytest

from app import logs
from app.settings import Settings

ENDLESS = "x" * 1_000_000


@pytest.fixture(params=["console", "json"])
def written(request, monkeypatch, capsys):
    """Logs as configured, and returns the lines that were written."""

    def write(*said, **options):
        root = logging.getLogger()
        monkeypatch.setattr(root, "handlers", [])  # put back afterwards, as is the level
        monkeypatch.setattr(root, "level", root.level)
        logs.configure(Settings(log_format=request.param))
        logging.getLogger("some").error(*said, **options)
        return capsys.readouterr().err.splitlines()

    return write


@pytest.mark.parametrize("said", [(ENDLESS,), ("%s and %s", ENDLESS, 1), ("%r", [ENDLESS])])
def test_a_message_of_any_length_is_a_short_line(written, said):
    [line] = written(*said)

    assert 2_000 < len(line) < 2_300
    assert "more)" in line


def test_a_message_is_one_line_that_does_nothing_to_a_terminal(written):
    [line] = written("%s", "\x1b[2J\r\n2026-01-01 ERROR forged \x07\x9b\x00")

    assert line.isprintable()
    assert r"\x1b[2J\r\n2026" in line.replace(r"\\", "\\")


def test_what_is_short_and_shows_is_written_as_it_is(written):
    [line] = written("%d of %s", 3, "Schweißer")

    assert "3 of Schweißer" in (json.loads(line)["message"] if line.startswith("{") else line)


def test_a_traceback_is_written_in_short_lines(written):
    def deeper(depth):
        if depth:
            return deeper(depth - 1) + 1
        raise KeyError("\x1b" + ENDLESS)

    try:
        deeper(900)
    except KeyError as error:
        lines = written("failed", exc_info=error)

    text = json.loads(lines[0])["exc_info"] if lines[0].startswith("{") else "\n".join(lines)
    assert "KeyError: '\\x1bxxx" in text
    assert 2_300 > max(map(len, text.split("\n")))
    assert 402 > text.count("\n")
    assert "Traceback" in text


def test_arguments_that_do_not_fit_harm_nobody(written, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)

    assert [] == written("%d", "no number")
