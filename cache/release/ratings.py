"""Checks the rating rows of a text release: what is right is yielded, what is not is told.

Rules: columns and meaning from O*NET's data dictionary; ranges from its Scales Reference.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from cache.entries.canonical import canonical_figure, canonical_line
from cache.release.reader import ELEMENT_NAME, Release
from cache.release.references import RATED_SCALES, ListedScale
from cache.release.text import LONGEST_QUOTE, quoted
from onet_client.content_model import ELEMENT_ID
from onet_client.release_files import FileProblem, ReleaseError, refuse
from onet_client.resaved import RESAVED, is_reformed

NEEDED: Final = (
    "O*NET-SOC Code", "Element ID", "Scale ID", "Data Value", "N", "Standard Error",
    "Recommend Suppress", "Not Relevant",
)  # fmt: skip
"""The columns that a gap is calculated from."""
OPTIONAL: Final = (ELEMENT_NAME, "Lower CI Bound", "Upper CI Bound", "Date", "Domain Source")
BOTH_SCALES: Final = 3
NOT_MET: Final = (0, 0)
LISTED_PROBLEMS: Final = 20
LISTED_CODES: Final = 3
MANY_REFORMED: Final = 4
"""Lines in a spreadsheet's form that are no single slip any more."""
MISSING: Final = ("n/a", "", "N/A", "NA")
FLAGS: Final = {"Y": True, "N": False} | dict.fromkeys(MISSING)

Fields = tuple[Any, ...]


class RatingRows:
    """Reads the ratings of a release once, in order, and holds what they add up to.

    Attributes:
        elements: the elements met, by id, each as name and domain.
        lines: the canonical lines of each domain and occupation, for their content hash.
        rows: how many rows were right.
        rejected: how many were not.
    """

    def __init__(
        self, release: Release, occupations: Collection[str], scales: Mapping[str, ListedScale]
    ) -> None:
        self._release = release
        self._occupations = occupations
        self._scales = scales
        self._names = release.element_names()
        self._met: dict[tuple[str, str], tuple[int, int]] = {}
        self._unlisted: dict[str, int] = {}
        self._told: set[tuple[str, str]] = set()
        self._problems: list[FileProblem] = []
        self._reformed: list[FileProblem] = []
        self._spread = lru_cache(maxsize=100_000)(self._parse_spread)
        self.elements: dict[str, tuple[str, str]] = {}
        self.lines: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.rows = 0
        self.rejected = 0

    def __iter__(self) -> Iterator[Fields]:
        """Yield the rows that are right.

        Each is file, line, occupation code, element name, and what `Figures` holds, in its order.

        Raises:
            ReleaseError: at the end, where any row was not; it names the first of them.
        """
        for domain, file in self._release.rating_files:
            for line, fields in self._release.table(file, NEEDED, OPTIONAL, self._reject):
                code, element = fields[:2]
                if code not in self._occupations:
                    self._unlisted.setdefault(code[:LONGEST_QUOTE], line)
                    continue
                try:
                    name, figures, text = self._check(domain, line, fields)
                except ValueError as reason:
                    if any(map(is_reformed, fields)):
                        self._reformed.append(FileProblem(file, line, RESAVED))
                    self._reject(FileProblem(file, line, str(reason)))
                    self._told.add((code, element))
                    continue
                self.lines[domain, code].append(text)
                self.rows += 1
                yield (file, line, code, name, *figures)
            self._check_listed(file)
            self._check_pairs(file)
        self._check_all()

    def _check_all(self) -> None:
        """Refuse the release where any row was not right, or there was none."""
        if not self.rows and not self._problems:
            names = " + ".join(file for _, file in self._release.rating_files)
            refuse(FileProblem(names, 0, "holds no rating"))
        if len(self._reformed) >= MANY_REFORMED:
            refuse(self._reformed[0])
        if self._problems:
            raise ReleaseError(self._problems, self.rejected)

    def _reject(self, problem: FileProblem) -> None:
        self.rejected += 1
        if len(self._problems) < LISTED_PROBLEMS:
            self._problems.append(problem)

    def _check(self, domain: str, line: int, fields: tuple[str, ...]) -> tuple[str, Fields, str]:
        """Return a row's element name, its figures and their canonical line."""
        (
            code, element, scale, value, n, error, suppress, relevant,
            name, low, high, day, source,
        ) = fields  # fmt: skip
        name = name or self._names.get(element, "")
        if self.elements.get(element) != (name, domain):
            self._meet(element, name, domain)
        kind, kind_text = _kind(element, scale, n, suppress, relevant, day, source)
        spread, spread_text = self._spread(scale, value, error, low, high)
        (met, _), bit = self._met.get((code, element), NOT_MET), RATED_SCALES[scale]
        if met & bit:
            raise ValueError(f"a second {scale} rating of {element} for {code}")
        self._met[code, element] = met | bit, line
        return name, kind + spread, f"{kind_text}\t{spread_text}"

    def _meet(self, element: str, name: str, domain: str) -> None:
        if ELEMENT_ID.fullmatch(element) is None:
            raise ValueError(f"{quoted(element)} is not an element id")
        if not 0 < len(name) <= 150:
            raise ValueError("the element name is missing or longer than 150 characters")
        known, known_domain = self.elements.setdefault(element, (name, domain))
        if (known, known_domain) != (name, domain):
            raise ValueError(
                f"element {element} is {quoted(name)} here, {quoted(known)} ({known_domain}) before"
            )

    def _check_pairs(self, file: str) -> None:
        for (code, element), (met, line) in self._met.items():
            if met != BOTH_SCALES and (code, element) not in self._told:
                missing = "IM" if met == RATED_SCALES["LV"] else "LV"
                reason = f"{code} has no {missing} rating of {element}"
                self._reject(FileProblem(file, line, reason))
        # Both files of the split layout hold other elements: a pair never spans them.
        self._met = dict.fromkeys(self._met, (BOTH_SCALES, 0))

    def _check_listed(self, file: str) -> None:
        """Reject what is rated and not listed: line by line, or once where it is much."""
        unlisted, self._unlisted = self._unlisted, {}
        if len(unlisted) <= LISTED_CODES:
            for code, line in unlisted.items():
                reason = f"occupation {quoted(code)} is not in Occupation Data.txt"
                self._reject(FileProblem(file, line, reason))
            return
        some = ", ".join(quoted(code) for code in islice(unlisted, LISTED_CODES))
        reason = (
            f"{len(unlisted):,} of its occupations are not in Occupation Data.txt ({some}, ...): "
            "the files are of different releases"
        )
        self._reject(FileProblem(file, 0, reason))

    def _parse_spread(
        self, scale: str, value: str, error: str, low: str, high: str
    ) -> tuple[Fields, str]:
        """Check the value against its scale, and the figures that tell how sure it is."""
        minimum, maximum = self._scales[scale].minimum, self._scales[scale].maximum
        figure = _figure(value)
        if figure is None or not minimum <= float(figure) <= maximum:
            raise ValueError(
                f"value {quoted(value)} is not between {minimum:g} and {maximum:g} ({scale})"
            )
        lower, upper = _figure(low), _figure(high)
        if lower is not None and upper is not None and float(lower) > float(upper):
            raise ValueError(f"the confidence interval {low} to {high} is upside down")
        spread = (figure, _figure(error), lower, upper)
        return spread, canonical_line(spread)


@lru_cache(maxsize=100_000)
def _kind(
    element: str, scale: str, n: str, suppress: str, relevant: str, day: str, source: str
) -> tuple[Fields, str]:
    """Check what a rating is of, from whom and when; few combinations cover a release."""
    if scale not in RATED_SCALES:
        raise ValueError(f"scale {quoted(scale)} is neither LV nor IM")
    if len(source) > 30:
        raise ValueError("the domain source is longer than 30 characters")
    kind = (
        element, scale, _count(n), _flag(suppress), _flag(relevant), _day(day),
        None if source in MISSING else source,
    )  # fmt: skip
    return kind, canonical_line(kind)


@lru_cache(maxsize=100_000)  # the 40,000 of a release come again and again
def _figure(text: str) -> str | None:
    if text in MISSING:
        return None
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", text) is None:
        raise ValueError(f"{quoted(text)} is no figure of at most three digits and four decimals")
    return canonical_figure(Decimal(text))


def _count(text: str) -> int | None:
    if text in MISSING:
        return None
    if re.fullmatch(r"[0-9]{1,9}", text) is None:
        raise ValueError(f"N {quoted(text)} is not a count")
    return int(text)


def _flag(text: str) -> bool | None:
    if text not in FLAGS:
        raise ValueError(f"{quoted(text)} is none of Y, N, n/a")
    return FLAGS[text]


def _day(text: str) -> str | None:
    if text in MISSING:
        return None
    month = re.fullmatch(r"(0[1-9]|1[0-2])/([1-9][0-9]{3})", text)
    if month is None:
        raise ValueError(f"{quoted(text)} is not a month as 08/2023")
    return f"{month[2]}-{month[1]}-01"
