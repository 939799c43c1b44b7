"""Many skill gaps, one after the other as they are read, so that a file may be of any length."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import IO, Any, Final

import click
from marshmallow import ValidationError
from rich.text import Text

from app.cli.base import AS_CSV, AS_JSON
from app.cli.complaints import complaint, problem_of
from app.cli.pairs import PairLine, read_pairs
from app.cli.progress import progress_bar
from app.cli.screen import credited, open_console
from app.gaps.compare import GapChoice
from app.gaps.csv_body import BATCH_COLUMNS, pair_rows, problem_row
from app.gaps.json_body import gap_body
from app.gaps.schema import SkillGapQuery, gap_choice
from app.occupations.lookup import FoundPair
from app.occupations.spreadsheet import written
from app.problems import Problem, invalid_parameters
from app.response_cache.answer import as_json
from app.wiring.container import services

AT_ONCE: Final = 100
"""Pairs that are read together, as in a batch over HTTP."""
TIMEOUT: Final = 600.0
"""Seconds that they wait for what is fetched; at the default pace that takes 100."""
PAIR: Final = SkillGapQuery(only=("source", "target"))

Outcome = FoundPair | Problem
Answered = tuple[PairLine, Outcome]
Write = Callable[[Iterable[Answered], GapChoice], Iterator[str | bytes]]


def print_batch(lines: IO[bytes], query: Mapping[str, Any], form: str | None) -> None:
    """Compare the pairs in a file by one query, and print each as soon as those before it are.

    Raises:
        click.exceptions.Exit: with status 1 where a line could not be answered.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    failed = 0

    def answered() -> Iterator[Answered]:
        nonlocal failed
        for line, outcome in _answered(lines, query["domain"]):
            if isinstance(outcome, Problem):
                failed += 1
                said = line.wrong or complaint(outcome, {}).partition("\n")[0]
                click.echo(f"line {line.number}: {said}", err=True)
            yield line, outcome

    for text in _WRITERS[form](answered(), gap_choice(query)):
        click.echo(text, nl=False)
    if failed:
        said = "1 line has" if failed == 1 else f"{failed:,} lines have"
        click.echo(f"{said} no answer.", err=True)
        raise click.exceptions.Exit(1)


def _answered(lines: IO[bytes], domain: str) -> Iterator[Answered]:
    """Answer line by line, some at once, and show how far it is where nothing else does."""
    pairs = read_pairs(lines)
    with nullcontext() if sys.stdout.isatty() else progress_bar("Comparing") as progress:
        while some := list(islice(pairs, AT_ONCE)):
            yield from _outcomes(some, domain)
            if progress:
                progress(some[-1].number, None)


def _outcomes(lines: Sequence[PairLine], domain: str) -> Iterator[Answered]:
    """Read what each line asks for, what is not cached together."""
    asked: dict[int, tuple[str, str]] = {}
    wrong: dict[int, Problem] = {}
    for line in lines:
        if line.pair is None:
            wrong[line.number] = invalid_parameters({"line": [line.wrong]})
            continue
        try:
            query = PAIR.load(dict(zip(("from", "to"), line.pair, strict=True)))
            asked[line.number] = query["source"], query["target"]
        except ValidationError as error:
            wrong[line.number] = problem_of(error)
    found = services().lookup.pairs(list(dict.fromkeys(asked.values())), domain, TIMEOUT)
    for line in lines:
        yield line, wrong.get(line.number) or _outcome(found[asked[line.number]])


def _outcome(found: FoundPair | BaseException) -> Outcome:
    if isinstance(found, FoundPair):
        return found
    problem = problem_of(found) if isinstance(found, Exception) else None
    if problem is None or problem.status == 500:
        raise found
    return problem


def _as_lines(answered: Iterable[Answered], choice: GapChoice) -> Iterator[str]:
    """Write a line a pair that has an answer, and once where the figures come from."""
    console = open_console()
    arrow = "->" if console.options.ascii_only else "→"
    attribution, releases = "", set()

    def cut(line: str) -> str:
        text = Text(line)
        text.truncate(console.width, overflow="crop")
        return f"{text.plain}\n"

    yield cut(f"{'line':>6}  {'ready':<6}  {'gaps':>4}  {'missing':>7}  from {arrow} to")
    for line, outcome in answered:
        if isinstance(outcome, FoundPair):
            body = _body(outcome, choice)
            found, titles = body["summary"], [body[side]["title"] for side in ("from", "to")]
            yield cut(
                f"{line.number:>6}  {found['readiness']:.4f}  {found['gaps']:>4}  "
                f"{found['missing']:>7}  {f' {arrow} '.join(titles)}"
            )
            attribution = body["attribution"]
            releases |= {one["release"] for one in body["sources"].values()}
    if attribution:
        yield credited(attribution, releases) + "\n"


def _as_objects(answered: Iterable[Answered], choice: GapChoice) -> Iterator[bytes]:
    """Write a JSON object a line, with the members of an answer of a batch over HTTP."""
    for line, outcome in answered:
        each: dict[str, Any] = {"line": line.number}
        if isinstance(outcome, FoundPair):
            each |= {"status": 200, "answer": _body(outcome, choice)}
        else:
            each |= {"status": outcome.status, "problem": outcome.body()}
        yield as_json(each)


def _as_rows(answered: Iterable[Answered], choice: GapChoice) -> Iterator[bytes]:
    """Write the CSV of a batch over HTTP."""
    yield written([BATCH_COLUMNS]).encode()
    for line, outcome in answered:
        pair = line.pair or ("", "")
        if isinstance(outcome, FoundPair):
            rows = [*pair_rows(line.number, pair, outcome, choice)]
        else:
            rows = [problem_row(line.number, pair, outcome.status, outcome.detail)]
        yield written(rows).encode()


_WRITERS: Final[Mapping[str | None, Write]] = {
    None: _as_lines,
    AS_JSON: _as_objects,
    AS_CSV: _as_rows,
}


def _body(found: FoundPair, choice: GapChoice) -> dict[str, Any]:
    return gap_body(found, choice, services().baseline.closer_than)
