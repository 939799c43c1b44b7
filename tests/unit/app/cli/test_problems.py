"""What a command says where there is no answer, and what may be asked for instead."""

import errno
import os

import click
import pytest
from click.testing import CliRunner

from app.cli import base as command
from app.cli import gap, transitions
from app.cli.complaints import complaint
from app.problems import Problem

ONE = {"code": "15-1254.00", "title": "Web Developers"}


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        ({"candidates": {"to": [ONE]}}, "  to could be 15-1254.00 Web Developers"),
        (
            {"candidates": {"from": [{**ONE, "matched": "Web Developers"}]}},
            "  from could be 15-1254.00 Web Developers",
        ),
        (
            {"candidates": {"from": [{**ONE, "matched": "Web Designer"}]}},
            "  from could be 15-1254.00 Web Developers (matched: Web Designer)",
        ),
        ({"suggestions": [ONE]}, "  near it is 15-1254.00 Web Developers"),
        ({"alternatives": [ONE]}, "  rated is 15-1254.00 Web Developers"),
    ],
)
def test_what_a_problem_offers_instead_is_told_line_by_line(problem, line):
    told = complaint(Problem(404, "none", "Nothing.", **problem), {})

    assert ["Nothing.", line] == told.split("\n")


@pytest.mark.parametrize(
    ("detail", "members", "told"),
    [
        (
            "code: Nothing.",
            {
                "errors": [{"parameter": "code", "detail": "Nothing."}],
                "candidates": {"code": [ONE]},
            },
            "OCCUPATION: Nothing.\n  OCCUPATION could be 15-1254.00 Web Developers",
        ),
        (
            "O*NET has no occupation 99-9999.00 (`code`).",
            {"occupation": "code"},
            "O*NET has no occupation 99-9999.00 (OCCUPATION).",
        ),
        (
            "code: Wrong. domain: Bad.",
            {
                "errors": [
                    {"parameter": "code", "detail": "Wrong."},
                    {"parameter": "domain", "detail": "Bad."},
                ],
            },
            "OCCUPATION: Wrong. domain: Bad.",
        ),
        ("The database is away.", {}, "The database is away."),
    ],
)
def test_a_parameter_is_called_what_the_command_calls_it(detail, members, told):
    assert told == complaint(Problem(404, "none", detail, **members), {"code": "OCCUPATION"})


@pytest.mark.parametrize(
    ("asked", "arguments", "name"),
    [
        (gap.command, ["", "15-1254"], "FROM"),
        (gap.command, ["15-1254", "  "], "TO"),
        (transitions.command, [""], "OCCUPATION"),
    ],
)
def test_nothing_is_neither_a_code_nor_a_title(asked, arguments, name):
    done = CliRunner().invoke(asked, arguments)

    told = f"Invalid value for '{name}': Empty: give a code such as 15-1254.00, or a title."
    assert 2 == done.exit_code
    assert told in done.output


@click.command(cls=command.Command, examples=())
@click.argument("number", type=int)
def fail(number):
    raise OSError(number, os.strerror(number))


def test_only_what_the_system_says_of_output_is_taken_for_its_want_of_room(monkeypatch):
    given_up = []
    monkeypatch.setattr(command, "_give_up_output", lambda: given_up.append(True))
    full = CliRunner().invoke(fail, [str(errno.ENOSPC)])
    other = CliRunner().invoke(fail, [str(errno.ENOENT)])

    assert (1, "Error: cannot write: No space left on device\n") == (full.exit_code, full.output)
    assert errno.ENOENT == other.exception.errno
    assert [True] == given_up


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_where_no_more_files_can_be_opened_the_message_says_what_to_do(number):
    ended = CliRunner().invoke(fail, [str(number)])

    assert 1 == ended.exit_code
    assert ended.output.endswith("raise `ulimit -n`\n")
    assert ended.output.startswith("Error: Too many open files")
