"""The occupation that a caller means by a text: a code, a title, or a code that was replaced."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from onet_client.content_model import OCCUPATION_CODE

if TYPE_CHECKING:
    from app.occupations.title_index import TitleIndex

CANDIDATES: Final = 5
"""Occupations offered for a text that is no title."""

NO_SUCH_TITLE: Final = "No occupation has exactly this title."
SHARED_TITLE: Final = "More than one occupation has this title."
HINT: Final = (
    "No occupation is found by this. Try other words, or fewer letters. A broader word for the job "
    "finds more than a rank or an employer, and an O*NET-SOC code such as 15-1254 will do as well."
)
"""What to do where no occupation is found by a text."""
CODE_HINT: Final = (
    "No code is near this one. Search by title: GET /occupations?q=TITLE, or flask search TITLE."
)
"""What to do where no occupation has a code, nor one that is like it."""


class Candidate(NamedTuple):
    """An occupation that may be meant; `matched` is its title or code that the text is like."""

    code: str
    title: str
    matched: str


class Unresolved(Exception):
    """Texts that do not name one occupation each.

    Attributes:
        messages: why each does not name one, by parameter.
        candidates: occupations that each may mean, best first, by parameter.
    """

    def __init__(
        self, messages: Mapping[str, str], candidates: Mapping[str, list[Candidate]]
    ) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in messages.items()))
        self.messages = messages
        self.candidates = candidates

    @classmethod
    def together(cls, errors: Iterable["Unresolved"]) -> "Unresolved":
        """Make one of several, each of other parameters."""
        messages: dict[str, str] = {}
        candidates: dict[str, list[Candidate]] = {}
        for error in errors:
            messages |= error.messages
            candidates |= error.candidates
        return cls(messages, candidates)


def is_code(text: str) -> bool:
    """Return whether a text is a whole code."""
    return OCCUPATION_CODE.fullmatch(text) is not None


def resolve(texts: Mapping[str, str], index: Callable[[], "TitleIndex"]) -> dict[str, str]:
    """Return the code that each text means, by parameter.

    A code means itself, listed or not. Another text means the occupation that has it as its own
    title, or else the only one that has it as an alternate title, or else the one that it is a
    synonym of; case, spaces and punctuation make no difference.

    The index is called only where titles are needed.

    Raises:
        Unresolved: where texts mean no occupation, or several; for all of them.
    """
    found: dict[str, str] = {}
    messages: dict[str, str] = {}
    candidates: dict[str, list[Candidate]] = {}
    for name, text in texts.items():
        if is_code(text):
            found[name] = text
            continue
        own, synonymous = index().owners(text), index().synonymous(text)
        meant = own if len(own) == 1 else index().exact(text) or synonymous
        if len(meant) == 1:
            found[name] = meant[0]
            continue
        messages[name] = SHARED_TITLE if meant else NO_SUCH_TITLE
        # All that have the title, which come first in a search; a few where none has it.
        hits = index().search(text, len({*meant, *synonymous}) or CANDIDATES)
        candidates[name] = [Candidate(hit.code, hit.title, hit.matched) for hit in hits]
    if messages:
        raise Unresolved(messages, candidates)
    return found
