"""What the page says where there is no answer: what is the matter, and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from app.occupations.holdings import SEED
from app.occupations.resolve import is_code
from app.page.links import Question, address, with_side
from app.page.words import wait
from cache.entries.canonical import DOMAINS

Problem = Mapping[str, Any]

EXAMPLES: Final = (
    ("Retail Salespersons", "41-2031.00", "Customer Service Representatives", "43-4051.00"),
    ("Chief Executives", "11-1011.00", "Web Developers", "15-1254.00"),
    ("Registered Nurses", "29-1141.00", "Health Informatics Specialists", "15-1211.01"),
)
FIELDS: Final = {"from": "the occupation to start from", "to": "the occupation to get to"}


class Link(NamedTuple):
    """A way on."""

    text: str
    href: str


class Message(NamedTuple):
    """What is the matter in a line, what to do in a sentence, and the ways on."""

    heading: str
    text: str
    links: tuple[Link, ...] = ()


def welcome() -> Message:
    """Say what can be asked, where nothing is."""
    links = tuple(
        Link(f"{source} → {target}", address(Question(source_code, target_code)))
        for source, source_code, target, target_code in EXAMPLES
    )
    text = "Name two occupations above: one you know and one you wonder about. Or look at one of:"
    return Message("Nothing asked yet", text, links)


def half_asked(asked: Question) -> Message:
    """Say which occupation is missing."""
    side = "to" if asked.source else "from"
    text = f"Fill in “{_field(side)}” as well, {FIELDS[side]}, and press Compare."
    return Message("One more occupation", text)


def of(problem: Problem, asked: Question, retry_after: int, title: str = "") -> Message:
    """Put a problem of the API into words.

    Args:
        problem: its body; where there is no upstream, also with `alternatives` that have ratings
            and how much is `held`.
        asked: what the page was asked.
        retry_after: seconds until trying again makes sense.
        title: of the occupation that the problem is about, where it is known.
    """
    name = problem["type"].rpartition(":")[2]
    about = f"{title} ({problem['code']})" if title else problem.get("code", "")
    if name == "invalid-parameter":
        return _invalid(problem, asked)
    if name == "occupation-not-found":
        text = "Search for its title above, check the code, or go on with one that is near:"
        links = _choices(problem.get("suggestions", ()), asked, problem["occupation"])
        return Message(f"O*NET has no occupation {about}", text, links)
    if name == "no-ratings":
        text = (
            "O*NET lists this occupation but has not rated it, so there is nothing to compare. "
            "Go on with a rated one that is near:"
        )
        links = _choices(problem.get("alternatives", ()), asked, problem["occupation"])
        return Message(f"No {asked.domain} ratings for {about}", text, links)
    if name == "upstream-not-configured":
        return _not_here(problem, asked, about)
    if "not_offered" in problem:
        return _not_offered(problem["not_offered"], asked, about)
    return _try_again(name, problem, asked, retry_after, about)


def _not_here(problem: Problem, asked: Question, about: str) -> Message:
    """Say that nobody can be asked for ratings, and offer what there is."""
    heading = f"The {asked.domain} ratings of {about} are not here"
    told = (
        f"{problem['held']} This service has no access to O*NET Web Services; whoever runs it can "
        f"bring all by “{SEED}”, or set that up."
    )
    near = _choices(problem.get("alternatives", ()), asked, problem["occupation"])
    instead = _skills_instead(asked)
    if near:
        text = (
            f"{told} Choose a suggestion without the words “ratings not here yet”, or go on with "
            "one of these:"
        )
        return Message(heading, text, near + instead)
    return Message(heading, f"{told} Go on with {DOMAINS[0]}:" if instead else told, instead)


def _not_offered(domain: str, asked: Question, about: str) -> Message:
    """Say that a domain is not to be had, and offer to go on with skills."""
    text = f"O*NET Web Services as configured here does not offer {domain} ratings."
    heading = f"The {domain} ratings of {about} are not here"
    if domain == DOMAINS[0]:
        return Message(heading, f"{text} Ask whoever runs the service to look into that.")
    return Message(heading, f"{text} Go on with {DOMAINS[0]}:", _skills_instead(asked))


def _skills_instead(asked: Question) -> tuple[Link, ...]:
    """Offer skills, unless they are what was asked for."""
    if asked.domain == DOMAINS[0]:
        return ()
    return (Link(f"Compare {DOMAINS[0]}", address(asked._replace(domain=DOMAINS[0]))),)


def _try_again(
    name: str, problem: Problem, asked: Question, retry_after: int, about: str
) -> Message:
    again = (Link("Try again", address(asked)),)
    when = wait(retry_after)
    if name == "upstream-unavailable":
        text = (
            "They are not stored here yet, and O*NET Web Services gives no usable answer. "
            f"Try again {when}."
        )
        return Message(f"The {asked.domain} ratings of {about} cannot be fetched now", text, again)
    if name == "database-unavailable":
        text = f"The service cannot reach its database, whatever is asked. Try again {when}."
        return Message("No answers just now", text, again)
    text = (
        "Try again. If it stays so, tell whoever runs the service this number: "
        f"{problem['request_id']}."
    )
    return Message("Something failed here", text, again)


def _invalid(problem: Problem, asked: Question) -> Message:
    """Say which words are not understood; where they could mean something, offer that."""
    candidates = problem.get("candidates", {})
    given = {"from": asked.source, "to": asked.target}
    said = {each["parameter"]: each["detail"] for each in problem["errors"]}
    for side in ("from", "to"):
        if candidates.get(side):
            text = f"You asked for “{given[side]}”. {said[side]} It could be:"
            links = _choices(candidates[side], asked, side)
            return Message("Which occupation do you mean?", text, links)
        if side in candidates:
            text = (
                "Check the spelling, try another or a broader word for the job, choose from the "
                "suggestions while you type, or give an O*NET-SOC code such as 15-1254.00."
            )
            return Message(f"No occupation is called “{given[side]}”", text)
    told = " ".join(f"{_field(parameter)}: {detail}" for parameter, detail in said.items())
    return Message("This cannot be looked up", f"Check what is asked above. {told}")


def _field(parameter: str) -> str:
    return {"from": "From", "to": "To"}.get(parameter, parameter)


def _choices(
    occupations: Iterable[Mapping[str, str]], asked: Question, side: str
) -> tuple[Link, ...]:
    return tuple(
        Link(_called(one), address(with_side(asked, side, one["code"]))) for one in occupations
    )


def _called(one: Mapping[str, str]) -> str:
    """Name an occupation, and the alternate title that it was found by."""
    other = one.get("matched", one["title"])
    return one["title"] if is_code(other) or other == one["title"] else f"{one['title']} ({other})"
