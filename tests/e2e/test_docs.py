"""The documents: what they name exists, what exists they name, and what they show is what comes."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from flask import Flask
from sqlalchemy import make_url
from support.commands import flask
from support.processes import ROOT, Serving

from app import create_app
from app.settings import Settings
from cache.db.onet_tables import Base

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MANUAL = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
LONGEST_README = 8_000
"""Bytes of what welcomes a newcomer; reference is in docs/."""
LIBRARY_COMMANDS = {"run", "routes", "shell", "openapi"}
"""Those that Flask and its extensions bring."""


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings())


def section(title: str) -> str:
    """The text below a heading, up to the next one of its rank."""
    rank, _, rest = MANUAL.partition(f" {title}\n")
    rank = rank.rpartition("\n")[2]
    return re.split(rf"^#{{1,{len(rank)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Language and content of every fenced block."""
    yield from re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def code(text: str) -> str:
    """Everything that is set as code: blocks, and spans between back-ticks."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*(content for _, content in blocks(text)), *spans])


def commands_of(app: Flask) -> dict[str, click.Command]:
    """Every command of ours by the words that call it."""
    found = {}
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": inner for sub, inner in command.commands.items()}
        else:
            found[name] = command
    return {name: cmd for name, cmd in found.items() if name.split()[0] not in LIBRARY_COMMANDS}


def written_commands() -> set[tuple[str, ...]]:
    """The words of every `flask ...` set as code, in any document."""
    text = "\n".join(code(path.read_text(encoding="utf-8")) for path in DOCUMENTS)
    lines = re.findall(r"^(?:\$ )?(?:.*\s)?flask ([a-z].*)$", text, re.MULTILINE)
    return {tuple(re.sub(r"[\[\]&]", " ", line).split()) for line in lines}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= LONGEST_README


def test_every_command_that_is_written_exists_with_its_options(app: Flask) -> None:
    known = commands_of(app)
    written = {words for words in written_commands() if words[0] not in LIBRARY_COMMANDS}

    assert written
    for words in written:
        name = " ".join(words[:2]) if words[0] in ("db", "cache") and len(words) > 1 else words[0]
        assert name in known or name in ("db", "cache"), words
        options = {word for word in words if word.startswith("--")}
        given = {opt for parameter in known[name].params for opt in parameter.opts}
        assert options <= given, words


def test_every_command_is_written_and_so_is_every_make_target(app: Flask) -> None:
    text = code(section("Commands"))

    for name in commands_of(app):
        assert re.search(rf"\bflask {name}\b", text), name
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    written = set(re.findall(r"\bmake ([a-z]+)", code(MANUAL)))
    assert written <= targets
    assert targets - {"help", "clean"} <= written


def test_every_endpoint_that_is_written_is_served_and_the_reverse(app: Flask) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).rstrip("/") or "/")
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "swagger_ui.show" or rule.rule == "/docs/"
    }
    table = section("Endpoints").partition("\n###")[0]
    written = {
        (method, path.partition("?")[0])
        for method, path in re.findall(r"^\| `([A-Z]+) (/[^`]*)`", table, re.MULTILINE)
    }

    assert served == written


def test_every_parameter_of_an_endpoint_is_written_and_the_reverse(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").get_json()
    served = {
        one["name"]: one["schema"] for one in document["paths"]["/skill-gap"]["get"]["parameters"]
    }
    written = set(re.findall(r"^\| `(\w+)` \|", section("GET /skill-gap"), re.MULTILINE))

    assert set(served) == written | {"from", "to"}
    for name in served:
        assert f"`{name}`" in section("GET /skill-gap")


def test_every_metric_is_written_and_the_reverse() -> None:
    settings = Settings(database_url=make_url("sqlite://"))
    text = create_app(settings).test_client().get("/metrics").text
    served = set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    table = "\n".join(re.findall(r"^\| ([^|]*) \|", section("GET /metrics"), re.MULTILINE))

    of_the_database = {
        "skillgap_entries",
        "skillgap_warm_queue",
        "skillgap_upstream_breaker_open",
        "skillgap_upstream_spent_today",
        "skillgap_upstream_daily_budget",
    }
    assert served | of_the_database == set(re.findall(r"`(\w+)", table))


def test_every_problem_type_is_written_with_its_status() -> None:
    written = set(re.findall(r"^\| (\d+) \| `([a-z-]+)` \|", section("Errors"), re.MULTILINE))

    assert {
        ("422", "invalid-parameter"),
        ("404", "occupation-not-found"),
        ("404", "no-ratings"),
        ("404", "element-not-found"),
        ("401", "unauthorized"),
        ("404", "not-found"),
        ("405", "method-not-allowed"),
        ("413", "request-entity-too-large"),
        ("415", "unsupported-media-type"),
        ("503", "too-many-batches"),
        ("503", "upstream-unavailable"),
        ("503", "upstream-not-configured"),
        ("503", "database-unavailable"),
    } == written


def test_every_setting_is_written_with_its_default_and_the_reverse() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|([^|]*)\|", section("Settings"), re.M)
    written = {name: default for names, default in rows for name in re.findall(r"\w+", names)}
    settings = {setting.metadata["name"]: setting for setting in fields(Settings)}

    assert set(settings) == set(written)
    for name, setting in settings.items():
        default = written[name].strip().strip("`")
        has = "" if setting.default is None else str(setting.default)
        assert has == str(setting.metadata["parse"](default) if default else ""), name


def test_every_table_is_written() -> None:
    names = set(re.findall(r"`(\w+)`", "\n".join(
        re.findall(r"^\| ([^|]*) \|", section("Tables"), re.MULTILINE)
    )))  # fmt: skip

    assert set(Base.metadata.tables) == names


def test_every_link_to_a_file_or_heading_leads_there() -> None:
    for path in [*DOCUMENTS, ROOT / "CHANGELOG.md", *sorted(ROOT.glob("*/README.md"))]:
        text = path.read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target, _, heading = link.partition("#")
            if not target:
                assert heading in headings, (path, link)
            elif "://" not in target:
                assert (path.parent / target).exists(), (path, link)


def test_every_fault_of_the_tables_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs/reliability.md").read_text()
    named = set(re.findall(r"`(tests/[^`]+)`", text))

    assert len(named) > 20
    assert [] == [path for path in sorted(named) if not (ROOT / path).is_file()]


def test_no_table_is_broken_by_a_bar_in_a_cell() -> None:
    for path in DOCUMENTS:
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            columns = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
            assert 1 == len(columns), table


def shown() -> list[Any]:
    """Every `curl` of the documents with the JSON that is shown below it."""
    everything = list(blocks(MANUAL))
    return [
        pytest.param(asked.strip(), answer, id=shlex.split(asked)[-1])
        for (_, asked), (language, answer) in pairwise(everything)
        if "curl" in asked and language == "json"
    ]


@pytest.mark.parametrize(("asked", "answer"), shown())
def test_an_answer_that_is_shown_is_the_one_that_comes(
    starter: Serving, asked: str, answer: str
) -> None:
    parts = shlex.split(asked)
    (url,) = [one for one in parts if one.startswith("http://127.0.0.1:8000/")]
    target = url.removeprefix("http://127.0.0.1:8000")

    if "-d" in parts:
        posted = json.loads(parts[parts.index("-d") + 1])
        came = requests.post(starter.url + target, json=posted, timeout=30).json()
    else:
        came = starter.get(target).json()
    assert [] == unlike(json.loads(answer), came, "")


def test_there_are_answers_shown_for_every_resource() -> None:
    asked = "\n".join(str(one.values[0]) for one in shown())

    for path in ("/skill-gap?", "/occupations?", "/occupations/1", "/health"):
        assert path in asked


def unlike(shown: Any, came: Any, at: str) -> list[str]:
    """Where an answer is not the one shown, in which `...` stands for anything left out."""
    if isinstance(shown, dict) and isinstance(came, dict) and list(shown) == list(came):
        return [each for key in shown for each in unlike(shown[key], came[key], f"{at}.{key}")]
    if isinstance(shown, list) and isinstance(came, list):
        kept = shown[:-1] if shown[-1:] == ["..."] else shown
        if len(kept) == len(came) or len(kept) < len(shown):
            return [
                each
                for number, (one, other) in enumerate(zip(kept, came, strict=False))
                for each in unlike(one, other, f"{at}[{number}]")
            ]
    if isinstance(shown, str) and isinstance(came, str):
        stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
        for either in (stamp, r"[0-9a-f]{32}"):
            if re.fullmatch(either, shown) and re.fullmatch(either, came):
                return []
        if shown.endswith("...") and came.startswith(shown[:-3]):
            return []
    return [] if shown == came else [f"{at}: {came!r}, not {shown!r}"]


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 1}),
        ([1], [1, 2]),
        (["x", "..."], ["y", "z"]),
        ("ab...", "ac"),
        ("2026-01-01T00:00:00Z", "yesterday"),
    ],
)
def test_an_answer_that_is_not_the_one_shown_is_found(shown: Any, came: Any) -> None:
    assert [] != unlike(shown, came, "")


def test_what_seeding_is_shown_to_print_is_what_it_prints(
    full_release: Path, tmp_path: Path
) -> None:
    everything = list(blocks(MANUAL))
    [(asked, printed)] = [
        (asked, printed)
        for (_, asked), (language, printed) in pairwise(everything)
        if asked.startswith("flask seed") and language == "text"
    ]
    url = f"sqlite:///{tmp_path / 'skillgap.db'}"
    assert 0 == flask("db", "upgrade", DATABASE_URL=url).returncode
    done = flask("seed", str(full_release), DATABASE_URL=url)

    path = asked.split()[-1]
    assert printed == done.stdout.replace(str(full_release), path)
