"""A file of ratings to start from: what occupations are rated, with what that means."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Final

from app.occupations.provenance import short_attribution
from app.occupations.spreadsheet import written
from app.profiles.merge import merged
from app.profiles.ratings_file import ID, LEVEL
from cache.entries.meanings import Meaning
from cache.profile import ElementRating
from cache.reading import Reading
from onet_client.content_model import domain_words

WIDTH: Final = 96
"""Characters of a comment's line."""
BETWEEN_ANCHORS: Final = "The examples are O*NET's; what lies between them is yours to judge."

DELETED: Final = (
    "A line that you delete counts as the occupations below have it, the highest where there are "
    "several. Without them only what is rated here is compared."
)


def template(readings: Sequence[Reading], meanings: Mapping[str, Meaning]) -> str:
    """Write a profile as TOML, each element with its name, what it is, and what levels take.

    Args:
        readings: the occupations in a domain that it is made of, by the highest of their levels.
        meanings: of elements, as far as any are held.
    """
    domain = readings[0].entry.domain
    named = [f"{one.profile.code} {one.profile.title}" for one in readings]
    head = [
        f"What someone can do, to start from: the {domain_words(domain)} of {' and '.join(named)}.",
        "Levels are 0 to 7; 0 is Not Relevant. Change those that differ.",
        DELETED,
        short_attribution([one.entry.release for one in readings]),
    ]
    if any(meaning.anchors for meaning in meanings.values()):
        head.append(BETWEEN_ANCHORS)
    codes = ", ".join(f'"{one.profile.code}"' for one in readings)
    lines = [line for text in head for line in _comment(text)]
    lines += ["", f"occupations = [{codes}]", "", "[ratings]"]
    for rating in _ratings(readings):
        lines += ["", *_element(rating, meanings.get(rating.id))]
    return "\n".join(lines) + "\n"


def csv_template(readings: Sequence[Reading], meanings: Mapping[str, Meaning]) -> str:
    """Write a profile as CSV: a row an element, of which the level is there to be changed."""
    rows = [(ID, "name", LEVEL, "description")]
    for one in _ratings(readings):
        meaning, level = meanings.get(one.id), 0 if one.not_relevant else one.level
        about = _in_a_line(meaning.description or "") if meaning else ""
        rows.append((one.id, _in_a_line(one.name), str(level), about))
    return written(rows)


def _ratings(readings: Sequence[Reading]) -> Sequence[ElementRating]:
    return merged([one.profile for one in readings], {}, {}).ratings


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _element(rating: ElementRating, meaning: Meaning | None) -> Iterator[str]:
    about = f": {meaning.description}" if meaning and meaning.description else ""
    yield from _comment(f"{rating.name}{about}")
    for anchor in (meaning and meaning.anchors) or ():
        yield from _comment(f"{anchor.level}: {anchor.text}", "  ")
    level = 0 if rating.not_relevant else rating.level
    yield f'"{rating.id}" = {level}' + ("  # Not Relevant" if rating.not_relevant else "")


def _comment(text: str, indent: str = "") -> list[str]:
    """Write a comment: in lines, and without a character that TOML takes in none."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    first, further = f"# {indent}", f"# {indent}  " if indent else "# "
    return wrap(plain, WIDTH, initial_indent=first, subsequent_indent=further)
