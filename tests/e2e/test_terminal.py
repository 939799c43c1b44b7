"""`flask gap` and `flask transitions` in terminals of all kinds."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import flask
from support.databases import load
from support.made_up_release import write_lists
from support.processes import SECONDS, environment

GAP = ("gap", "11-1011", "15-1254")
STEPS = ("transitions", "15-1254")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")

both = pytest.mark.parametrize("command", [GAP, STEPS, (*STEPS, "--from")])


def printed(url: str, *command: str, **settings: str) -> str:
    done = flask(*command, DATABASE_URL=url, **settings)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_an_output_without_room_is_told(starter_url: str, tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flask", *GAP],
            cwd=tmp_path,
            env=environment(DATABASE_URL=starter_url),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    told = "Error: cannot write: No space left on device\n"
    assert (1, told) == (done.returncode, done.stderr)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """More pairs than are read at once, and than a pipe takes when they are answered."""
    path = tmp_path / "pairs.csv"
    path.write_text("11-1011,15-1254\n" * 250)
    return path


def batch(url: str, pairs: Path, *options: str, **streams: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "gap", "--batch", str(pairs), *options],
        cwd=pairs.parent,
        env=environment(DATABASE_URL=url, TERM="xterm"),
        **streams,
    )


@pytest.mark.parametrize(
    ("command", "closed"),
    [
        ("gap 11-1011 15-1254", ">&-"),
        ("transitions 15-1254", ">&-"),
        ("gap --batch pairs", ">&-"),
        ("gap --batch -", "<&-"),
        ("gap 11-1011 15-1254", "2>&-"),
        ("seed --if-empty", "2>&-"),
    ],
)
def test_a_stream_that_was_closed_before_is_as_one_that_goes_nowhere(
    starter_url: str, tmp_path: Path, command: str, closed: str
) -> None:
    (tmp_path / "pairs").write_text("11-1011,15-1254\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m flask {command} {closed}"],
        cwd=tmp_path,
        env=environment(DATABASE_URL=starter_url),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_a_reader_that_goes_away_ends_a_batch_quietly(starter_url: str, pairs: Path) -> None:
    pipe = subprocess.PIPE
    with batch(starter_url, pairs, "--json", stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stderr
        assert 1 == json.loads(process.stdout.readline())["line"]
        process.stdout.close()
        assert b"" == process.stderr.read()
        assert 1 == process.wait(SECONDS)


def test_how_far_a_batch_is_shows_on_a_terminal_and_not_in_the_file(
    starter_url: str, pairs: Path, tmp_path: Path
) -> None:
    seen, terminal = pty.openpty()
    with (tmp_path / "gaps.csv").open("wb") as file:
        process = batch(
            starter_url, pairs, "--csv", "--limit", "1", stdout=file.fileno(), stderr=terminal
        )
        os.close(terminal)
        with os.fdopen(seen, "rb", buffering=0) as screen:
            shown = b""
            while part := _read(screen.fileno()):
                shown += part
        assert 0 == process.wait(SECONDS)

    assert b"Comparing" in shown
    assert b"250" in shown
    rows = (tmp_path / "gaps.csv").read_text().splitlines()
    assert [str(number) for number in range(1, 251)] == [row.partition(",")[0] for row in rows[1:]]


def _read(terminal: int) -> bytes:
    """Read what a terminal shows; its end is an error on Linux."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def test_a_gap_is_shown_as_bars_and_figures(starter_url: str) -> None:
    text = printed(starter_url, *GAP, COLUMNS="80")

    assert text.startswith("Chief Executives → Web Developers, by skills\n")
    assert re.search(r"^Programming +███▒+·+ +1\.00 +4\.25 +3\.25 +0\.3621 *$", text, re.M)
    for words in ("8 gaps", "35 compared", "1 missing", "0.8824", "CC BY 4.0"):
        assert words in " ".join(text.split())
    # Not Relevant to the one, so nothing is there.
    assert re.search(r"^Equipment Selection +▒+·+ +0\.00 +2\.00 +2\.00 ", text, re.M)


def test_marks_are_explained_where_they_occur(starter_url: str) -> None:
    text = printed(starter_url, *GAP)

    assert re.search(r"^Operations Analysis .* \*$", text.replace("* ", "*"), re.M)
    assert 1 == text.count("may be chance")
    assert "low precision" not in text
    assert "no standard error" not in text


def test_an_occupation_beside_itself_has_no_table(starter_url: str) -> None:
    text = printed(starter_url, "gap", "15-1254", "15-1254")

    assert "0 gaps of 35 compared, 0 missing; readiness 1.0000" in text
    assert "▒" not in text


@both
def test_colours_are_for_terminals_that_want_them(
    starter_url: str, command: tuple[str, ...]
) -> None:
    coloured = printed(starter_url, *command, FORCE_COLOR="1")
    without = printed(starter_url, *command, FORCE_COLOR="1", NO_COLOR="1")

    assert COLOUR.search(coloured)
    assert not COLOUR.search(without)
    piped = printed(starter_url, *command)
    assert "\x1b" not in piped
    assert piped == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


@both
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_encoding_without_blocks_gets_ascii(
    starter_url: str, command: tuple[str, ...], encoding: str
) -> None:
    text = printed(starter_url, *command, PYTHONIOENCODING=encoding, COLUMNS="60")

    assert text.isascii()
    assert re.search(r"#+=", text)
    assert "?" not in text


def test_transitions_are_ranked_with_bars_and_gaps(starter_url: str) -> None:
    text = printed(starter_url, *STEPS, "--limit", "3", COLUMNS="140")
    body = json.loads(printed(starter_url, *STEPS, "--limit", "3", "--json"))

    for place, one in enumerate(body["transitions"], 1):
        (line,) = [line for line in text.splitlines() if one["code"] in line]
        assert line.startswith(f"{place}  {one['code']}  {one['title'][:30]}")
        assert f"{one['fit']:.4f}" in line
        assert f"{one['readiness']:.4f}" in line
        assert all(gap["name"].split()[0] in line for gap in one["gaps"][:1])
    others, listed = body["compared"] - 1, body["occupations_listed"] - 1
    assert f"3 shown, of {others:,} other occupations with skills ratings here, out of" in text
    assert f"{listed:,} that O*NET lists." in text
    assert 63 <= others < 1_015 <= listed  # the database is shared with tests that fill it


def test_transitions_take_a_title_as_a_gap_does(starter_url: str) -> None:
    limited = ("--limit", "3")

    assert printed(starter_url, *STEPS, *limited) == printed(
        starter_url, "transitions", "web developers", *limited
    )


def test_transitions_can_be_asked_of_several_job_zones(
    starter_url: str, made_up_release: Path, tmp_path: Path
) -> None:
    url = load(f"sqlite:///{tmp_path / 'skillgap.db'}", write_lists(made_up_release))

    text = printed(url, "transitions", "moon gardeners", "--job-zone", "5,3")

    assert text.startswith("Where Moon Gardeners could go next, of job zone 3 or 5, by fit in ")
    assert ["11-9001.00", "15-9002.00"] == sorted(re.findall(r"\d\d-\d{4}\.\d\d", text))
    zones = "Job zones: 1; 3: Medium Preparation Needed; 5: Extensive Preparation Needed"
    assert f"\n{zones}\n" in text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("transitions", "nonsense"), "No occupation has exactly this title."),
        (("gap", "nonsense", "15-1254"), "from: No occupation has exactly this title."),
        (("gap", "11-1011", "15-1254.0"), "to: Not an O*NET-SOC code"),
        (("transitions", "web develper"), "OCCUPATION could be 15-1254.00 Web Developers"),
        (("transitions", "99-9999"), "99-9999.00 (OCCUPATION)"),
        (("gap", "99-9999.99", "15-1254"), "99-9999.99 (from)"),
        (("gap", "15-1255.99", "15-1254"), "near it is 15-1255.0"),
        (("gap", "15-1254", "15-1255.99"), "15-1255.99 (to)"),
        (("transitions", "25-2032"), "set ONET_API_KEY. "),
        (("transitions", "25-2032"), "skills ratings here. `flask seed latest` brings all"),
        (("gap", "11-1011", "25-2032"), "set ONET_API_KEY. "),
        ((*STEPS, "--job-zone", "4-5"), "--job-zone: Not a job zone, or several"),
        ((*GAP, "--domain", "no-such"), "'--domain': 'no-such' is not one of"),
        ((*GAP, "--domain", "knowledge"), "set ONET_API_KEY. "),
    ],
)
def test_what_cannot_be_answered_is_told_once(
    starter_url: str, command: tuple[str, ...], words: str
) -> None:
    done = flask(*command, DATABASE_URL=starter_url)

    assert done.returncode in (1, 2)
    assert "" == done.stdout
    assert words in done.stderr
    beside = ("  near it is ", "  rated is ", "  OCCUPATION could be ", "Usage: ", "Try '")
    [said] = [line for line in done.stderr.splitlines() if line and not line.startswith(beside)]
    assert said.startswith("Error: ")
