"""What `flask gap` prints: one gap, or those of many pairs; of occupations, or of a profile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from app.cli.base import AS_CSV, AS_JSON
from app.cli.complaints import complaining
from app.cli.gap_batch import print_batch
from app.cli.gap_table import print_gap
from app.cli.own import own_words
from app.cli.screen import print_csv, print_json
from app.gaps.csv_body import csv_body
from app.gaps.json_body import gap_body, plain
from app.gaps.schema import SkillGapQuery, gap_choice
from app.profiles.csv_body import own_gap_csv
from app.profiles.json_body import own_gap_body
from app.profiles.schema import OwnGapQuery, own_of
from app.wiring.container import services

NAMES: Final = {"sort": "--sort", "limit": "--limit"}


def print_one(asked: Mapping[str, str], form: str | None) -> None:
    """Compare two occupations."""
    with complaining(NAMES, form):
        query = SkillGapQuery().load(asked)
        found = services().lookup.pair(query["source"], query["target"], query["domain"])
        choice, closer_than = gap_choice(query), services().baseline.closer_than
        _print(form, lambda: gap_body(found, choice, closer_than), lambda: csv_body(found, choice))


def print_own(
    source: str | None,
    more: Sequence[str],
    ratings: Path | None,
    asked: Mapping[str, str],
    form: str | None,
) -> None:
    """Compare several occupations, own ratings, or both, with one."""
    with complaining({}, form):
        words = own_words(source, more, ratings, [asked["domain"]], "FROM")
    with complaining(NAMES | words.names, form):
        query = SkillGapQuery(exclude=("source",)).load(asked)
        own = own_of(OwnGapQuery(only=("source",)).load({"from": words.said}))
        pair = services().profiles.pair(own, query["target"], query["domain"])
        choice, closer_than = gap_choice(query), services().baseline.closer_than
        _print(
            form,
            lambda: own_gap_body(pair, choice, closer_than),
            lambda: own_gap_csv(pair, choice),
        )


def print_batch_of(lines: IO[bytes], asked: Mapping[str, str], form: str | None) -> None:
    """Compare the pairs in a file."""
    with complaining(NAMES, form):
        query = SkillGapQuery(exclude=("source", "target")).load(asked)
    print_batch(lines, query, form)


def _print(
    form: str | None, write_body: Callable[[], dict[str, Any]], write_csv: Callable[[], str]
) -> None:
    if form == AS_CSV:
        print_csv(write_csv())
        return
    body = plain(write_body())
    if form == AS_JSON:
        print_json(body)
    else:
        print_gap(body, services().now())
