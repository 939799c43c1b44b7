"""One profile of several occupations and own ratings: the rules.

The level of an element is the one that is given, else the highest effective level among the
occupations; an element that neither gives is not in the profile, which is not the same as level 0.
All else that is told of an element (importance, standard errors, raters, month) is told by the
occupation whose level is the highest, but for the errors of a level that is given: nobody knows
them. Where no occupation tells the importance, it is taken to be as high on its scale as the level
is on its own: of what was tried, that ranks transitions nearest to how the published importances
do (docs/api.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from app.gaps.compare import HIGHEST_LEVEL
from app.transitions.choice import OWN
from cache.profile import ElementRating, Profile


class GivenRating(ElementRating):
    """An element whose level is given, 0-7; 0 is Not Relevant. An occupation tells the rest."""

    __slots__ = ()


_AS_GIVEN: Final = partial(tuple.__new__, GivenRating)
"""What `GivenRating` does with its fields in a tuple, in half of the time."""


class UnweighedRating(GivenRating):
    """One whose importance no occupation tells; it is taken from the level."""

    __slots__ = ()


@dataclass(frozen=True)
class OwnProfile(Profile):
    """A profile that is no occupation's; what is derived of it is forgotten with it.

    Attributes:
        like: the one occupation that it was made of; None where there was none, or several.
    """

    like: Profile | None = None

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """The importance of each on a scale from 0 to 1."""
        return tuple((rating.importance - 1) / 4 for rating in self.ratings)


def merged(
    profiles: Iterable[Profile], ratings: Mapping[str, float], names: Mapping[str, str]
) -> OwnProfile:
    """Make one profile of some in a domain, and of own ratings on top.

    Args:
        profiles: of the occupations, in whatever order.
        ratings: levels by element id, 0-7.
        names: of the elements rated.
    """
    first, *others = sorted(profiles, key=lambda one: one.code) or [NOTHING]
    if others:
        first = OwnProfile(OWN, "", _highest(first, others))
    told = first.elements
    given = {id_: _given(id_, one, names[id_], told.get(id_)) for id_, one in ratings.items()}
    own = OwnProfile(OWN, "", {**told, **given}, like=None if others else first)
    if given.keys() <= told.keys():
        _take_over_columns(own, first, given)
    return own


def _highest(first: Profile, others: Iterable[Profile]) -> dict[str, ElementRating]:
    """Choose for each element the rating that tells most of it."""
    elements = dict(first.elements)
    for profile in others:
        for id_, rating in profile.elements.items():
            held = elements.get(id_)
            if held is None or _tells_more(rating, held):
                elements[id_] = rating
    return elements


def _take_over_columns(own: OwnProfile, told: Profile, given: Mapping[str, GivenRating]) -> None:
    """Make the columns of a profile of those of another that differs in what is given.

    Those of an occupation are made once, and to make them takes as long as to compare two.
    """
    ratings, levels = list(told.ratings), list(told.levels)
    variances = list(told.level_variances)
    for at, one in enumerate(told.ratings):
        rating = given.get(one.id)
        if rating is not None:
            ratings[at], levels[at], variances[at] = rating, rating.level, None
    vars(own).update(ratings=tuple(ratings), levels=tuple(levels), level_variances=tuple(variances))


NOTHING: Final = Profile(OWN, "", {})


def importance(rating: ElementRating) -> float | None:
    """Return how important an element is to a profile, 1-5; None where no occupation tells."""
    return None if isinstance(rating, UnweighedRating) else rating.importance


def _tells_more(one: ElementRating, other: ElementRating) -> bool:
    """Say whether one rating of an element wins over another, whichever came first."""
    level = 0.0 if one.not_relevant else one.level
    level_of_other = 0.0 if other.not_relevant else other.level
    if level != level_of_other:
        return level > level_of_other
    if one.not_relevant != other.not_relevant:
        return other.not_relevant
    return one.importance > other.importance


def _given(id_: str, level: float, name: str, told: ElementRating | None) -> GivenRating:
    level += 0.0  # which makes 0.0 of -0.0
    if told is None:
        importance = 1 + 4 * level / HIGHEST_LEVEL
        return UnweighedRating(id_, name, level, importance, None, level == 0, False)
    return _AS_GIVEN(
        (
            id_,
            name,
            level,
            told.importance,
            None,
            level == 0,
            False,
            told.importance_error,
            None,
            told.importance_raters,
            None,
        )
    )
