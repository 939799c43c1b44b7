"""What the page says where there is no answer: the problem, and what to do about it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from app.occupations.holdings import NOTHING_LISTED, SEED
from app.occupations.resolve import is_code
from app.page.links import Link, Question, address, with_side
from app.page.words import wait
from onet_client.content_model import DOMAINS, domain_words

ProblemBody = Mapping[str, Any]

FIELDS: Final = {"from": "The job you have", "to": "The job you want"}
"""What the fields of the form are called, by parameter."""

NOT_FOUND: Final = (
    "Check the spelling, try another or a broader word for the job, choose from the suggestions "
    "while you type, or give an O*NET-SOC code such as 15-1254.00."
)
"""What to do where no occupation is called what was given."""
NONE_LISTED: Final = (
    f"This service lists no occupation yet; whoever runs it can bring all by “{SEED}”."
)
UNRATED: Final[dict[bool | None, str]] = {
    True: "",
    None: "ratings not here yet",
    False: "no ratings",
}
"""What is said beside an occupation, by whether it is rated here."""


class Choice(NamedTuple):
    """An occupation that may be meant on a side, and what is said beside it."""

    code: str
    text: str
    more: str = ""


class Doubt(NamedTuple):
    """A side whose text may mean several occupations, `from` or `to`."""

    side: str
    legend: str
    choices: tuple[Choice, ...]


class Message(NamedTuple):
    """The problem in a line, what to do in a sentence, and what helps.

    Attributes:
        doubts: where both sides may mean several occupations, which are chosen together.
        faults: what is wrong with a field of the form, by side.
    """

    heading: str
    text: str
    links: tuple[Link, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    faults: Mapping[str, str] = MappingProxyType({})


class Explained(NamedTuple):
    """A problem of the API with what helps.

    Attributes:
        body: as the API answers it; where there is no upstream, also with `held`, a sentence on
            how many occupations have ratings here.
        retry_after: seconds until trying again makes sense; 0 where that is not known.
        title: of the occupation that it is about; empty where none is known.
        rated: which of its candidates have ratings; None where that is not known here.
    """

    body: ProblemBody
    retry_after: int
    title: str
    rated: Mapping[str, bool | None]


def half_asked(asked: Question) -> Message:
    """Say which occupation is missing."""
    side = "to" if asked.source else "from"
    text = f"Fill in “{FIELDS[side]}” as well and press Compare, or follow a step below."
    return Message("One more occupation", text)


def of(found: Explained, asked: Question) -> Message:
    """Put a problem into words for who asked the question of the page."""
    problem, title = found.body, found.title
    name = problem["type"].rpartition(":")[2]
    about = f"{title} ({problem['code']})" if title else problem.get("code", "")
    if name == "invalid-parameter":
        return _invalid(problem, asked, found.rated)
    if name == "occupation-not-found":
        links = _links(problem.get("suggestions", ()), asked, problem["occupation"])
        text = "Search for its title above, or check the code."
        if links:
            text = "Search for its title above, check the code, or go on with one that is near:"
        return _of_field(problem, f"O*NET has no occupation {about}", text, links)
    if name == "no-ratings":
        links = _links(problem.get("alternatives", ()), asked, problem["occupation"])
        text = "O*NET lists this occupation but has not rated it, so there is nothing to compare."
        text += " Go on with a rated one that is near:" if links else " No rated one is near it."
        return _of_field(
            problem, f"No {domain_words(asked.domain)} ratings for {about}", text, links
        )
    if name == "upstream-not-configured":
        return _not_configured(problem, asked, about)
    if "not_offered" in problem:
        return _not_offered(problem["not_offered"], asked, about)
    return _try_again(name, problem, asked, wait(found.retry_after), about)


def _of_field(problem: ProblemBody, heading: str, text: str, links: tuple[Link, ...]) -> Message:
    """Say what is the matter with the occupation on one side."""
    return Message(heading, text, links, faults={problem["occupation"]: f"{heading}."})


def _not_configured(problem: ProblemBody, asked: Question, about: str) -> Message:
    """Say that there is no upstream to ask for ratings, and offer what is here."""
    text = (
        f"{problem['held']} This service has no access to O*NET Web Services; whoever runs it can "
        f"bring all by “{SEED}”, or set that up."
    )
    near = _links(problem.get("alternatives", ()), asked, problem["occupation"])
    skills = _skills_instead(asked)
    if near:
        text += (
            " Choose a suggestion without the words “ratings not here yet”, or go on with one of"
        )
        text += " these:"
    elif skills:
        text += f" Go on with {DOMAINS[0]}:"
    heading = f"The {domain_words(asked.domain)} ratings of {about} are not here"
    return _of_field(problem, heading, text, near + skills)


def _not_offered(domain: str, asked: Question, about: str) -> Message:
    """Say that the upstream does not offer a domain, and offer to go on with skills."""
    skills = _skills_instead(asked)
    advice = (
        f"Go on with {DOMAINS[0]}:" if skills else "Ask whoever runs the service to look into that."
    )
    named = f"{domain_words(domain)} ratings"
    text = f"O*NET Web Services as configured here does not offer {named}. {advice}"
    return Message(f"The {named} of {about} are not here", text, skills)


def _skills_instead(asked: Question) -> tuple[Link, ...]:
    """Offer skills, unless they are what was asked for."""
    if asked.domain == DOMAINS[0]:
        return ()
    return (Link(f"Compare {DOMAINS[0]}", address(asked._replace(domain=DOMAINS[0]))),)


def _try_again(name: str, problem: ProblemBody, asked: Question, when: str, about: str) -> Message:
    if name == "upstream-unavailable":
        heading = f"The {domain_words(asked.domain)} ratings of {about} cannot be fetched now"
        text = "They are not stored here yet, and O*NET Web Services gives no usable answer."
        text += f" Try again {when}."
    elif name == "database-unavailable":
        heading = "No answers just now"
        text = f"The service cannot reach its database, whatever is asked. Try again {when}."
    elif name == "request-entity-too-large":
        heading = "This is longer than what can be taken here"
        return Message(heading, "Say less, or begin anew.", (Link("Begin anew", address(asked)),))
    else:
        heading = "Something failed here"
        text = "Try again. If it stays so, tell whoever runs the service this number:"
        text += f" {problem['request_id']}."
    return Message(heading, text, (Link("Try again", address(asked)),))


def _invalid(problem: ProblemBody, asked: Question, rated: Mapping[str, bool | None]) -> Message:
    """Say which texts are not understood, and offer the occupations that they may mean."""
    details = {each["parameter"]: each["detail"] for each in problem["errors"]}
    faults = {side: details[side] for side in FIELDS if side in details}
    given = {"from": asked.source, "to": asked.target}
    doubts = [
        Doubt(side, f"{FIELDS[side]}: “{given[side]}”", choices(found, rated))
        for side, found in problem.get("candidates", {}).items()
        if found
    ]
    unknown = [side for side, found in problem.get("candidates", {}).items() if not found]
    said = " ".join(called_by_none(given[side]) for side in unknown)
    faults |= {side: called_by_none(given[side]) for side in unknown}
    if len(doubts) > 1:
        text = "More than one occupation may be meant on either side. Choose one of each."
        return Message("Which occupations do you mean?", text, (), tuple(doubts), faults)
    if doubts:
        side = doubts[0].side
        told = f"You asked for “{given[side]}”. {details[side]} It could be:"
        links = tuple(
            Link(one.text, address(with_side(asked, side, one.code)), one.more)
            for one in doubts[0].choices
        )
        text = f"{said} {told}".lstrip()
        return Message("Which occupation do you mean?", text, links, faults=faults)
    if unknown:
        return Message(said.removesuffix("."), not_found(problem), faults=faults)
    errors = " ".join(f"{FIELDS.get(name, name)}: {detail}" for name, detail in details.items())
    text = f"Check what is asked above. {errors}"
    return Message("This cannot be looked up", text, faults=faults)


def choices(
    candidates: Iterable[Mapping[str, str]], rated: Mapping[str, bool | None]
) -> tuple[Choice, ...]:
    """Offer occupations, those first that are rated here."""
    order = {True: 0, None: 1, False: 2}
    found = sorted(candidates, key=lambda one: order[rated.get(one["code"])])
    return tuple(
        Choice(one["code"], called(one), UNRATED[rated.get(one["code"], True)]) for one in found
    )


def _links(
    occupations: Iterable[Mapping[str, str]], asked: Question, side: str
) -> tuple[Link, ...]:
    return tuple(
        Link(called(one), address(with_side(asked, side, one["code"]))) for one in occupations
    )


def called_by_none(text: str) -> str:
    """Say that no occupation is called what was given."""
    return f"No occupation is called “{text}”."


def not_found(problem: ProblemBody) -> str:
    """Say what to do where no occupation is called what was given."""
    return NONE_LISTED if problem.get("hint") == NOTHING_LISTED else NOT_FOUND


def called(one: Mapping[str, str]) -> str:
    """Name an occupation, and the alternate title that it was found by."""
    other = one.get("matched", one["title"])
    return one["title"] if is_code(other) or other == one["title"] else f"{one['title']} ({other})"
