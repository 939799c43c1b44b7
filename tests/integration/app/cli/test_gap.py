"""Commands within the application that they are part of, and what the API answers beside them."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from flask import Flask

from app.cli.base import Command, Group
from app.occupations.resolve import CODE_HINT

Run = Callable[..., Result]
PAIR = ("11-1011.00", "Web Developers")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gap", "11-1011.00", "99-9999.00"), "O*NET has no occupation 99-9999.00 (to)."),
        (("gap", "11-1011.00", "15-12"), "to: Not an O*NET-SOC code"),
        (("gap", "Chief", "11-1011.00"), "from could be 11-1011.00 Chief Executives"),
        (("gap", *PAIR, "--sort", "x"), "--sort: Must be one of"),
        (("gap", *PAIR, "--limit", "0"), "--limit: Must be"),
        (("gap", "--batch", "-", "--limit", "0"), "--limit: Must be"),
        (("search", "x", "--limit", "x"), "--limit: Not a whole number."),
        (("search", "qqqqq"), "No occupation is found by this."),
        (("transitions", "11-1011.00", "--limit", "x"), "--limit: Not a whole number."),
        (("transitions", "11-1011.00", "--zone-change", "1..-1"), "--zone-change: The first has"),
        (("transitions", "11-1011.00", "--zone-change", "0"), "--zone-change: No job zones are"),
        (("transitions", "11-1011.00", "--min-readiness", "2"), "--min-readiness: Must be"),
        (("transitions", "11-1011.00", "--domains", "skill"), "--domains: Not one or several of"),
        (("transitions", "11-1011.00", "--rank", "x"), "--rank: Must be one of"),
        (("transitions", "11-1011.00", "--job-zone", "x"), "--job-zone: Not a job zone"),
        (("transitions", "11-1011.00", "--job-zone", "3"), "--job-zone: No job zones are held"),
    ],
)
def test_what_cannot_be_answered_is_said_in_the_words_of_the_command(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments)

    assert 1 == done.exit_code
    assert said in done.output


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("gap", *PAIR), "/skill-gap?from=11-1011&to=15-1254"),
        (
            ("gap", *PAIR, "--significant", "--sort", "gain", "--limit", "3"),
            "/skill-gap?from=11-1011&to=15-1254&significant=true&sort=gain&limit=3",
        ),
        (("transitions", PAIR[0]), f"/occupations/{PAIR[0]}/transitions?"),
        (
            ("transitions", PAIR[0], "--from", "--limit", "3"),
            f"/occupations/{PAIR[0]}/transitions?direction=from&limit=3",
        ),
        (("search", "web", "dev", "--limit", "3"), "/occupations?q=web+dev&limit=3"),
    ],
)
def test_json_and_csv_are_those_of_the_api(
    app: Flask, run: Run, arguments: tuple[str, ...], asked: str
) -> None:
    client = app.test_client()
    in_json, in_csv = (run(*arguments, form) for form in ("--json", "--csv"))

    assert (0, 0) == (in_json.exit_code, in_csv.exit_code)
    assert client.get(asked).get_json() == json.loads(in_json.stdout)
    assert client.get(f"{asked}&format=csv").data == in_csv.stdout_bytes


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("gap", "Chief", PAIR[1]), f"/skill-gap?from=Chief&to={PAIR[1]}"),
        (("gap", PAIR[0], "99-9999"), f"/skill-gap?from={PAIR[0]}&to=99-9999"),
        (("gap", *PAIR, "--limit", "x"), f"/skill-gap?from={PAIR[0]}&to={PAIR[1]}&limit=x"),
        (("transitions", "25-2032"), "/occupations/25-2032/transitions"),
        (("search", "x", "--limit", "x"), "/occupations?q=x&limit=x"),
    ],
)
def test_with_json_a_problem_is_that_of_the_api_and_is_told_beside_it(
    app: Flask, run: Run, arguments: tuple[str, ...], asked: str
) -> None:
    problem = app.test_client().get(asked).get_json()
    del problem["request_id"]

    done, plain = run(*arguments, "--json"), run(*arguments)

    assert problem == json.loads(done.stdout)
    assert (1, 1, "") == (done.exit_code, plain.exit_code, plain.stdout)
    assert plain.stderr == done.stderr != ""


def test_a_search_that_finds_nothing_is_an_answer_with_a_status_of_its_own(run: Run) -> None:
    done = run("search", "qqqqq", "--json")

    assert (1, 0) == (done.exit_code, json.loads(done.stdout)["total"])


def test_a_search_shows_what_each_was_found_by(run: Run) -> None:
    text = run("search", "web", "designer", "--limit", "3").stdout
    head, *lines = text.splitlines()

    assert ["code", "occupation", "rated", "found", "by"] == head.split()
    assert "3 shown of " in text
    assert any(re.fullmatch(r"15-12\S+  Web and Digital Interface Designers  \?", line.strip())
               for line in lines)  # fmt: skip
    assert "CC BY 4.0" in text


def test_the_status_of_the_cache_as_json_is_that_of_the_admin_api(app: Flask, run: Run) -> None:
    headers = {"Authorization": "Bearer canary"}
    answer = app.test_client().get("/admin/cache", headers=headers)

    assert answer.get_json() == json.loads(run("cache", "status", "--json").stdout)


LINES = b"""From,To
11-1011,15-1254
"Chief Executives",99-9999

only
15-1254\tWeb Developers
"""
TOLD = f"""line 3: O*NET has no occupation 99-9999.00 (to). {CODE_HINT}
line 5: Takes two occupations, and has 1; a title that has a comma goes in quotes.
2 lines have no answer.
"""


@pytest.fixture
def batch(app: Flask, tmp_path: Path) -> Run:
    """Runs a batch from standard input, and from a file alike."""
    path = tmp_path / "pairs.csv"
    path.write_bytes(LINES)
    runner = app.test_cli_runner()

    def both(*arguments: str) -> Result:
        piped = runner.invoke(args=["gap", "--batch", "-", *arguments], input=LINES)
        named = runner.invoke(args=["gap", "--batch", str(path), *arguments])
        assert (named.stdout, named.stderr) == (piped.stdout, piped.stderr)
        assert (1, TOLD) == (piped.exit_code, piped.stderr)
        return piped

    return both


def test_a_batch_has_a_line_for_each_pair_and_names_the_others(batch: Run) -> None:
    head, first, last, credit = batch().stdout.splitlines()

    assert ["line", "ready", "gaps", "missing"] == head.split()[:4]
    assert ["2", "0.8824", "8", "1", "Chief", "Executives"] == first.split()[:6]
    assert ["6", "1.0000", "0", "0", "Web", "Developers"] == last.split()[:6]
    assert "CC BY 4.0" in credit


def test_a_batch_as_json_is_an_object_a_line(app: Flask, batch: Run) -> None:
    client = app.test_client()

    def of_api(source: str, target: str) -> Any:
        return client.get("/skill-gap", query_string={"from": source, "to": target, "limit": 1})

    found = [json.loads(line) for line in batch("--json", "--limit", "1").stdout.splitlines()]

    assert [(2, 200), (3, 404), (5, 422), (6, 200)] == [
        (one["line"], one["status"]) for one in found
    ]
    assert of_api(*PAIR).get_json() == found[0]["answer"]
    unknown = of_api(PAIR[0], "99-9999").get_json()
    del unknown["request_id"]
    assert unknown == found[1]["problem"]
    assert ["line"] == [one["parameter"] for one in found[2]["problem"]["errors"]]


def test_a_batch_as_csv_is_that_of_the_api_with_numbers_of_lines(app: Flask, batch: Run) -> None:
    pairs = [("11-1011", "15-1254"), ("Chief Executives", "99-9999"), ("15-1254", "Web Developers")]
    given = {"pairs": [{"from": one, "to": other} for one, other in pairs], "format": "csv"}
    answer = app.test_client().post("/skill-gap/batch", json=given)

    def cells(text: str) -> list[list[str]]:
        return [line.split(",") for line in text.replace("``", "").splitlines()]

    found = [row for row in cells(batch("--csv").stdout) if row[0] != "5"]
    assert [row[3:] for row in cells(answer.text)] == [row[3:] for row in found]
    assert ["pair", *"22222222", "3", "6"] == [row[0] for row in found]


def test_all_lines_may_fail_and_none_has_to_be_there(app: Flask) -> None:
    runner = app.test_cli_runner()

    failed = runner.invoke(args=["gap", "--batch", "-"], input="x\n")
    nothing = runner.invoke(args=["gap", "--batch", "-"], input="")

    assert (1, 0) == (failed.exit_code, nothing.exit_code)
    assert failed.stderr.endswith("\n1 line has no answer.\n")
    assert "CC BY" not in failed.stdout


@pytest.mark.parametrize("command", [("gap", *PAIR), ("transitions", PAIR[0]), ("search", "nurse")])
def test_json_and_csv_at_once_are_refused(run: Run, command: tuple[str, ...]) -> None:
    for first, second in (("--json", "--csv"), ("--csv", "--json")):
        done = run(*command, first, second)

        assert 2 == done.exit_code
        said = f"{second} and {first} do not go together"
        assert said in done.stderr
        assert said == json.loads(done.stdout)["detail"]


@pytest.mark.parametrize(
    "arguments",
    [("gap", *PAIR, "--batch", "-"), ("gap", PAIR[0]), ("gap",), ("gap", "--batch", "no-file")],
)
def test_a_command_line_that_says_too_much_or_too_little_is_refused(
    run: Run, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments)

    assert (2, "") == (done.exit_code, done.stdout)

    with_problem = run(*arguments, "--json")

    assert 2 == with_problem.exit_code
    assert done.stderr == with_problem.stderr
    problem = json.loads(with_problem.stdout)
    assert (400, "urn:problem-type:skillgap:bad-request") == (problem["status"], problem["type"])
    assert problem["detail"] in done.stderr


def commands(app: Flask) -> dict[str, click.Command]:
    """Every command and group that is ours, by the words that call it."""
    found = {}
    for name, command in app.cli.commands.items():
        if command.callback is None or command.callback.__module__.startswith("app."):
            found[name] = command
            inner = getattr(command, "commands", {})
            found |= {f"{name} {sub}": one for sub, one in inner.items()}
    return found


def words_of(example: str) -> list[str]:
    """The words of the command in an example, after `flask`."""
    (called,) = (part for part in re.split("[|>]", example) if "flask " in part)
    return shlex.split(called.partition("flask ")[2])


def test_every_command_ends_with_a_message(app: Flask) -> None:
    for name, command in commands(app).items():
        assert isinstance(command, Group if name in ("cache", "db") else Command), name


def test_every_help_has_examples_that_are_commands(
    app: Flask, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = commands(app)
    monkeypatch.chdir(tmp_path)
    for file in ("pairs.csv", "my.toml"):
        (tmp_path / file).touch()

    assert {"gap", "search", "cache", "cache status", "db", "db upgrade", "serve"} <= set(ours)
    for name, command in ours.items():
        text = run(*name.split(), "--help").output
        assert "\n  Examples:\n" in text, name
        for line in command.examples:
            assert f"\n    {line}\n" in text
            words = words_of(line)
            with app.cli.commands[words[0]].make_context(words[0], words[1:]):
                pass


READING = ("gap", "profile", "search", "transitions", "cache status")


@pytest.mark.parametrize("name", READING)
def test_every_example_of_a_command_that_reads_has_an_answer_in_the_starter_data(
    app: Flask, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    pairs = f"{PAIR[0]},{PAIR[1]}\n"
    (tmp_path / "pairs.csv").write_text(pairs)
    (tmp_path / "my.toml").write_text("[ratings]\n2.B.3.e = 4.5\n")

    for line in commands(app)[name].examples:
        done = run(*words_of(line), input=pairs)
        if "--job-zone" in line:  # which the starter data has not
            assert "No job zones are held" in done.stderr
            continue
        assert 0 == done.exit_code, (line, done.output)
        assert done.stdout or "--output" in line


def test_no_summary_is_cut(app: Flask, run: Run) -> None:
    for arguments in ((), ("cache",), ("db",)):
        text = run(*arguments, "--help").output
        assert "..." not in text.partition("Commands:")[2]
    summary = " ".join(run("--help").output.split())
    for command in commands(app).values():
        if command.name in app.cli.commands:
            assert " ".join((command.help or "").split()).partition(". ")[0].rstrip(".") in summary
