"""Profiles in commands: several occupations, and files of own ratings."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

Run = Callable[..., Result]
CHIEFS, WEB = "11-1011.00", "15-1254.00"


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """Writes a file of ratings."""

    def write(text: str, name: str = "my.toml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def shown(done: Result) -> Any:
    assert 0 == done.exit_code, done.output
    return json.loads(done.stdout)


def figures(body: dict[str, Any]) -> list[Any]:
    names = ("id", "kind", "to", "level_gap", "priority", "gain")
    return [[gap[name] for name in names] for gap in body["gaps"]]


def test_a_profile_read_back_unchanged_has_the_figures_of_the_occupation(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "chiefs.toml"
    assert (0, "") == (run("profile", CHIEFS, "--output", str(path)).exit_code, "")

    own = shown(run("gap", "--ratings", str(path), WEB, "--json"))
    alone = shown(run("gap", CHIEFS, WEB, "--json"))
    assert {**alone["summary"], "readiness_interval": None} == own["summary"]
    assert figures(alone) == figures(own)
    assert {"occupations": [alone["from"]], "ratings": 35} == own["from"]

    steps = [
        [{name: row[name] for name in ("code", "fit", "readiness", "utilization")}
         for row in shown(run("transitions", *asked, "--json"))["transitions"]]
        for asked in (("--ratings", str(path)), (CHIEFS,))
    ]  # fmt: skip
    assert steps[0] == steps[1]
    assert 20 == len(steps[0])


def test_so_has_one_in_csv_from_standard_input(run: Run) -> None:
    written = run("profile", CHIEFS, "--csv").stdout
    head, first, *_ = written.splitlines()
    assert ("id,name,level,description", "2.A.1.a,Reading Comprehension,4.62") == (
        head, first.rpartition(",")[0]
    )  # fmt: skip

    own = shown(run("gap", "--ratings", "-", WEB, "--json", input=written))
    alone = shown(run("gap", CHIEFS, WEB, "--json"))
    assert {**alone["summary"], "readiness_interval": None} == own["summary"]
    assert {"occupations": [], "ratings": 35} == own["from"]


def test_a_profile_of_several_has_the_highest_levels_and_names_all(run: Run) -> None:
    text = run("profile", CHIEFS, "--and", "Web Developers").stdout
    found = tomllib.loads(text)
    each = [tomllib.loads(run("profile", one).stdout)["ratings"] for one in (CHIEFS, WEB)]

    assert [CHIEFS, WEB] == found["occupations"]
    assert {id_: max(one[id_] for one in each) for id_ in each[0]} == found["ratings"]
    head = " ".join(text.partition("\n\n")[0].replace("#", "").split())
    assert "the skills of 11-1011.00 Chief Executives and 15-1254.00 Web Developers." in head
    assert '# Programming\n"2.B.3.e" = 4.25\n' in text
    assert "CC BY 4.0" in text


def test_a_file_that_is_there_is_not_overwritten(run: Run, file: Callable[..., str]) -> None:
    path = file("mine")

    done = run("profile", CHIEFS, "--output", path)

    assert (1, f"Error: {path} is there already; name another file.\n") == (
        done.exit_code, done.output,
    )  # fmt: skip
    assert "mine" == Path(path).read_text()
    assert 1 == run("profile", CHIEFS, "--output", path + "/x").exit_code


@pytest.mark.parametrize("order", [(CHIEFS, "--and", WEB), ("--and", WEB, CHIEFS)])
def test_several_occupations_and_ratings_are_those_of_the_api(
    app: Flask, run: Run, file: Callable[..., str], order: tuple[str, ...]
) -> None:
    ratings = {"2.B.3.e": 2.5, "2.A.1.a": 0}
    path = file("id,level\n2.B.3.e,2.5\n2.A.1.a,0\n", "my.csv")
    given = {"from": {"occupations": [CHIEFS, WEB], "ratings": ratings}, "limit": 5}
    client = app.test_client()
    asked = (*order, "--ratings", path, "--limit", "5")

    for form in ("json", "csv"):
        gap = client.post("/skill-gap", json=given | {"to": "15-1243", "format": form})
        assert gap.status_code == 200
        printed = run("gap", *asked, "15-1243", f"--{form}").stdout_bytes
        steps = client.post("/transitions", json=given | {"format": form})
        ranked = run("transitions", *asked, f"--{form}").stdout_bytes
        if form == "json":
            assert (gap.get_json(), steps.get_json()) == (json.loads(printed), json.loads(ranked))
        else:
            assert (gap.data, steps.data) == (printed, ranked)


def test_tables_name_the_profile(
    run: Run, file: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file('occupations = ["15-1254"]\n[ratings]\n2.B.3.e = 4.5\n')

    monkeypatch.setenv("COLUMNS", "120")
    gap = run("gap", CHIEFS, "15-1243", "--ratings", path).stdout
    steps = run("transitions", "--ratings", path, "--limit", "2").stdout

    named = "Chief Executives and Web Developers and 1 own rating"
    assert gap.startswith(f"{named} → Database Architects, by skills\n")
    assert steps.startswith("Where Web Developers and 1 own rating could go next, by fit in")
    assert "2 shown, of 63 other occupations" in steps


def test_ratings_of_another_domain_are_passed_over_unless_there_is_nothing_else(
    run: Run, file: Callable[..., str]
) -> None:
    path = file('[ratings]\n"2.C.1.a" = 3\n"2.B.3.e" = 4\n')
    assert 1 == shown(run("gap", "--ratings", path, WEB, "--json"))["from"]["ratings"]

    path = file('[ratings]\n"2.C.1.a" = 3\n')
    done = run("gap", "--ratings", path, WEB, "--json")
    assert f"Error: --ratings: {path}: Rates no skills.\n" == done.stderr
    assert 422 == json.loads(done.stdout)["status"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ratings = [", "--ratings: {}: Not TOML: "),
        ("\n\nx y", "(at line 3, column 3)"),
        (f"x = {'1' * 5_000}", "{}: Not TOML: Exceeds the limit"),
        (f"[ratings]\n{'a.' * 1_500}a = 1", "is no element id"),
        ('[ratings]\n2.B.3.e = 4\n"2.B.3.e" = 1', "{}: ratings: 2.B.3.e is rated twice."),
        ('{"from": {"ratings": {"2.B.3.e": 4, "2.B.3": {"e": 1}}}}', "2.B.3.e is rated twice."),
        ("id,level\n2.B.3.e,3,5", "{}: line 2: Has 3 cells, and the header 2."),
        ("rating = 3", "{}: rating: Takes occupations and ratings alone."),
        ('occupations = "x"', "{}: occupations: Not a list"),
        ("ratings = 3", "{}: ratings: Not a table"),
        ("ratings.x = 3", "{}: ratings: 'x' is no element id"),
        ('[ratings]\n"2.B.3.e" = 8', "{}: ratings.2.B.3.e: Must be"),
        ('[ratings]\n"2.B.3.e" = true', "{}: ratings.2.B.3.e: Not a number."),
        ('[ratings]\n"2.B.3.e" = nan', "{}: ratings.2.B.3.e: Special numeric"),
        ('[ratings]\n"2.B.9.e" = 3', "{}: ratings.2.B.9.e: No element of skills"),
        ("occupations = [3]", "{}: occupations[0]: Not a valid string."),
        ('occupations = ["15-1254", "Qqq"]', "{}: occupations[1]: No occupation has"),
        ('occupations = ["99-9999"]', "no occupation 99-9999.00 ({}: occupations[0])."),
        ("", "{}: Takes at least one occupation or rating."),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name_and_the_line_or_key(
    run: Run, file: Callable[..., str], text: str, said: str
) -> None:
    path = file(text)

    for command in (("gap", WEB), ("transitions", "--domains", "skills")):
        done = run(*command, "--ratings", path)
        assert (1, "") == (done.exit_code, done.stdout)
        assert said.format(path) in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("gap", "--ratings", "my.toml"),
        ("gap", "--ratings", "my.toml", "--and", CHIEFS, WEB),
        ("gap", "--batch", "-", "--and", CHIEFS),
        ("gap", "--batch", "-", "--ratings", "my.toml"),
        ("gap", CHIEFS, WEB, "--ratings", "no-such.toml"),
        ("transitions", "--and", CHIEFS),
        ("transitions", CHIEFS, "--and", WEB, "--from"),
        ("profile",),
    ],
)
def test_a_profile_that_a_command_line_does_not_make_clear_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, file: Callable[..., str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(Path(file("")).parent)

    done = run(*arguments)

    assert (2, "") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("gap", "Qqq", "--and", CHIEFS, WEB), "FROM: "),
        (("gap", CHIEFS, "--and", "Qqq", WEB), "--and: "),
        (("transitions", "Qqq", "--and", CHIEFS), "OCCUPATION: "),
        (("profile", "Qqq"), "OCCUPATION: "),
        (("profile", CHIEFS, "--and", "Qqq"), "--and: "),
    ],
)
def test_an_occupation_that_is_none_is_called_what_the_command_calls_it(
    run: Run, arguments: tuple[str, ...], name: str
) -> None:
    done = run(*arguments)

    assert (1, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith(f"Error: {name}No occupation has exactly this title.")
