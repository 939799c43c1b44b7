"""What the page says where there is no answer: the problem, and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from app.occupations.holdings import SEED
from app.occupations.resolve import is_code
from app.page.links import Question, address, with_side
from app.page.words import wait
from onet_client.content_model import DOMAINS

ProblemBody = Mapping[str, Any]

EXAMPLES: Final = (
    ("Registered Nurses", "29-1141.00", "Health Informatics Specialists", "15-1211.01"),
    ("Retail Salespersons", "41-2031.00", "Customer Service Representatives", "43-4051.00"),
    ("Graphic Designers", "27-1024.00", "Web Developers", "15-1254.00"),
)
FIELDS: Final = {"from": "the occupation to start from", "to": "the occupation to get to"}


class Link(NamedTuple):
    """A link that a message offers."""

    text: str
    href: str


class Message(NamedTuple):
    """The problem in a line, what to do in a sentence, and links that help."""

    heading: str
    text: str
    links: tuple[Link, ...] = ()


def welcome() -> Message:
    """Say what can be asked, on a page without a question."""
    links = tuple(
        Link(f"{source} → {target}", address(Question(source_code, target_code)))
        for source, source_code, target, target_code in EXAMPLES
    )
    text = "Name two occupations above: one you know and one you wonder about. Or look at one of:"
    return Message("Nothing asked yet", text, links)


def half_asked(asked: Question) -> Message:
    """Say which occupation is missing."""
    side = "to" if asked.source else "from"
    text = f"Fill in “{side.capitalize()}” as well, {FIELDS[side]}, and press Compare."
    return Message("One more occupation", text)


def of(problem: ProblemBody, asked: Question, retry_after: int, title: str = "") -> Message:
    """Put a problem of the API into words.

    Args:
        problem: its body; where there is no upstream, also with `held`, a sentence on how many
            occupations have ratings here, and `alternatives` that have.
        asked: the question of the page.
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
        return _not_configured(problem, asked, about)
    if "not_offered" in problem:
        return _not_offered(problem["not_offered"], asked, about)
    return _try_again(name, problem, asked, wait(retry_after), about)


def _not_configured(problem: ProblemBody, asked: Question, about: str) -> Message:
    """Say that there is no upstream to ask for ratings, and offer what is here."""
    text = (
        f"{problem['held']} This service has no access to O*NET Web Services; whoever runs it can "
        f"bring all by “{SEED}”, or set that up."
    )
    near = _choices(problem.get("alternatives", ()), asked, problem["occupation"])
    skills = _skills_instead(asked)
    if near:
        text += (
            " Choose a suggestion without the words “ratings not here yet”, or go on with one of"
        )
        text += " these:"
    elif skills:
        text += f" Go on with {DOMAINS[0]}:"
    return Message(f"The {asked.domain} ratings of {about} are not here", text, near + skills)


def _not_offered(domain: str, asked: Question, about: str) -> Message:
    """Say that the upstream does not offer a domain, and offer to go on with skills."""
    skills = _skills_instead(asked)
    advice = (
        f"Go on with {DOMAINS[0]}:" if skills else "Ask whoever runs the service to look into that."
    )
    text = f"O*NET Web Services as configured here does not offer {domain} ratings. {advice}"
    return Message(f"The {domain} ratings of {about} are not here", text, skills)


def _skills_instead(asked: Question) -> tuple[Link, ...]:
    """Offer skills, unless they are what was asked for."""
    if asked.domain == DOMAINS[0]:
        return ()
    return (Link(f"Compare {DOMAINS[0]}", address(asked._replace(domain=DOMAINS[0]))),)


def _try_again(name: str, problem: ProblemBody, asked: Question, when: str, about: str) -> Message:
    if name == "upstream-unavailable":
        heading = f"The {asked.domain} ratings of {about} cannot be fetched now"
        text = "They are not stored here yet, and O*NET Web Services gives no usable answer."
        text += f" Try again {when}."
    elif name == "database-unavailable":
        heading = "No answers just now"
        text = f"The service cannot reach its database, whatever is asked. Try again {when}."
    else:
        heading = "Something failed here"
        text = "Try again. If it stays so, tell whoever runs the service this number:"
        text += f" {problem['request_id']}."
    return Message(heading, text, (Link("Try again", address(asked)),))


def _invalid(problem: ProblemBody, asked: Question) -> Message:
    """Say which texts are not understood, and offer the occupations that they may mean."""
    candidates = problem.get("candidates", {})
    details = {each["parameter"]: each["detail"] for each in problem["errors"]}
    for side, given in (("from", asked.source), ("to", asked.target)):
        if candidates.get(side):
            text = f"You asked for “{given}”. {details[side]} It could be:"
            links = _choices(candidates[side], asked, side)
            return Message("Which occupation do you mean?", text, links)
        if side in candidates:
            text = (
                "Check the spelling, try another or a broader word for the job, choose from the "
                "suggestions while you type, or give an O*NET-SOC code such as 15-1254.00."
            )
            return Message(f"No occupation is called “{given}”", text)
    errors = " ".join(
        f"{name.capitalize() if name in FIELDS else name}: {detail}"
        for name, detail in details.items()
    )
    return Message("This cannot be looked up", f"Check what is asked above. {errors}")


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
