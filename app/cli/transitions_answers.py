"""What `flask transitions` prints, of one occupation or of a profile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from app.cli.base import AS_CSV, AS_JSON
from app.cli.complaints import complaining
from app.cli.own import own_words
from app.cli.screen import print_csv, print_json
from app.cli.transitions_table import print_transitions
from app.gaps.json_body import plain
from app.occupations.fields import PATH_OCCUPATION, named_in_path
from app.profiles.csv_body import own_transitions_csv
from app.profiles.json_body import own_transitions_body
from app.profiles.schema import OwnTransitionsQuery, own_of
from app.transitions.choice import PREFERRED, TransitionsChoice
from app.transitions.csv_body import csv_body
from app.transitions.json_body import transitions_body
from app.transitions.schema import TransitionsQuery, chosen_domains, transitions_choice
from app.transitions.subject import read_subject
from app.wiring.container import services

NAMES: Final = {
    "code": "OCCUPATION",
    "job_zone": "--job-zone",
    "zone_change": "--zone-change",
    "min_readiness": "--min-readiness",
    "domains": "--domains",
    "rank": "--rank",
    "limit": "--limit",
}
"""What the command calls the API's parameters."""
TIMEOUT: Final = 600.0
"""Seconds that a ranking waits for the occupations of a profile that are not cached."""


def print_of_occupation(occupation: str, asked: Mapping[str, str], form: str | None) -> None:
    """Rank the transitions of an occupation."""
    with complaining(NAMES, form):
        text = named_in_path(PATH_OCCUPATION, occupation)
        query = TransitionsQuery().load(asked)
        choice, transitions = transitions_choice(query), services().transitions
        subject = read_subject(services().lookup, transitions, text, chosen_domains(query))
        transitions.check_zones(subject.held, [subject.code], choice)
        body = plain(transitions_body(transitions, subject, choice))
    _print(body, form, choice, csv_body)


def print_of_profile(
    occupation: str | None,
    more: Sequence[str],
    ratings: Path | None,
    asked: Mapping[str, str],
    form: str | None,
) -> None:
    """Rank the transitions of several occupations, own ratings, or both."""
    with complaining(NAMES, form):
        query = TransitionsQuery().load(asked)
        choice, domains = transitions_choice(query), chosen_domains(query)
        words = own_words(occupation, more, ratings, domains or PREFERRED, "OCCUPATION")
    with complaining(NAMES | words.names, form):
        own = own_of(OwnTransitionsQuery(only=("source",)).load({"from": words.said}))
        transitions = services().transitions
        subject = services().profiles.subject(own, domains, TIMEOUT)
        transitions.check_zones(list(subject.profiles), subject.titles, choice)
        body = plain(own_transitions_body(transitions, subject, choice))
    _print(body, form, choice, own_transitions_csv)


def _print(
    body: dict[str, Any],
    form: str | None,
    choice: TransitionsChoice,
    write_csv: Callable[[dict[str, Any]], str],
) -> None:
    if form == AS_JSON:
        print_json(body)
    elif form == AS_CSV:
        print_csv(write_csv(body))
    else:
        print_transitions(body, choice)
