"""What a ranking is worth, each with a 95 % interval by drawing the occupations anew."""

from typing import NamedTuple

import numpy as np

FIRST = 10
LISTED = 20
"""Places that recall and nDCG look at; and how many occupations count as the commonest."""
DRAWS = 400


class Truth(NamedTuple):
    """What a ranking is scored against.

    Attributes:
        gains: of each occupation (column) for each other one (row); 0 where unrelated.
        groups: the major group of each.
        zones: the job zone of each; not a number where none is told.
        moves: lifts between major groups; None where none are at hand.
    """

    gains: np.ndarray
    groups: np.ndarray
    zones: np.ndarray
    moves: np.ndarray | None


Score = tuple[float, float, float]
"""A figure, and the bounds of its interval."""


def scores(
    order: np.ndarray, figures: np.ndarray, truth: Truth, draws: int = DRAWS
) -> dict[str, Score]:
    """Score a ranking on all measures, with intervals from so many draws."""
    sources = np.flatnonzero((truth.gains > 0).any(axis=1))
    each = _of_each(order[sources], truth.gains[sources])
    related_draws = _drawn(len(sources), draws)
    found = {
        name: _with_interval(float(values.mean()), values[related_draws].mean(axis=1))
        for name, values in each.items()
    }
    top = order[:, :FIRST]
    all_draws = _drawn(len(order), draws)
    found["hubs"] = _with_interval(hubs(top), [hubs(top[draw]) for draw in all_draws])
    change = _mean_known(truth.zones[top] - truth.zones[:, None])
    found["zone_change"] = _with_interval(
        float(_mean_known(change[None, :])[0]), _mean_known(change[all_draws])
    )
    return found | moves(figures, truth, draws)


def moves(figures: np.ndarray, truth: Truth, draws: int = DRAWS) -> dict[str, Score]:
    """Score figures on observed moves; nothing where none are at hand."""
    if truth.moves is None:
        return {}
    lifts = truth.moves

    def of(drawn: np.ndarray) -> float:
        return _correlation(_between_groups(figures, truth.groups, drawn), lifts)

    all_draws = _drawn(len(figures), draws)
    return {"moves": _with_interval(of(np.arange(len(figures))), list(map(of, all_draws)))}


def _of_each(order: np.ndarray, gains: np.ndarray) -> dict[str, np.ndarray]:
    """Score the ranking of each occupation by the related ones."""
    found = np.take_along_axis(gains, order, axis=1)
    hits = found > 0
    number = hits.sum(axis=1)
    places = np.arange(1, order.shape[1] + 1)
    precision = hits.cumsum(axis=1) / places
    discount = 1 / np.log2(places[:LISTED] + 1)
    best = -np.sort(-gains, axis=1)[:, : len(discount)]
    return {
        "map": (precision * hits).sum(axis=1) / number,
        "recall_20": hits[:, :LISTED].sum(axis=1) / number,
        "ndcg_20": (found[:, :LISTED] * discount).sum(axis=1) / (best * discount).sum(axis=1),
        "first_right": hits[:, 0].astype(float),
    }


def _mean_known(values: np.ndarray) -> np.ndarray:
    """Return the mean of each row without what is not a number; not a number where all is."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)


def hubs(top: np.ndarray) -> float:
    """Return what share of all first places the commonest 20 occupations fill."""
    return float(np.sort(np.bincount(top.ravel()))[-LISTED:].sum() / top.size)


def _between_groups(figures: np.ndarray, groups: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the mean figure from each group to each other one, of the occupations drawn."""
    times = np.bincount(drawn, minlength=len(groups))
    members = (groups[None, :] == np.arange(groups.max() + 1)[:, None]) * times
    count = members.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return members @ figures @ members.T / (count[:, None] * count[None, :])


def _correlation(figures: np.ndarray, lifts: np.ndarray) -> float:
    """Return the mean over the origins of the rank correlation with the lifts, without its own."""
    found = []
    for origin in range(len(lifts)):
        others = [
            one for one in range(len(lifts)) if one != origin and figures[origin, one] >= -np.inf
        ]
        if len(others) > 2:
            pair = _ranks(figures[origin, others]), _ranks(lifts[origin, others])
            found.append(np.corrcoef(*pair)[0, 1])
    return float(np.mean(found)) if found else float("nan")


def _ranks(values: np.ndarray) -> np.ndarray:
    """Rank values; equal ones share the mean of their ranks."""
    _, at, count = np.unique(values, return_inverse=True, return_counts=True)
    return (count.cumsum() - (count - 1) / 2)[at]


def _drawn(number: int, draws: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, number, (draws, number))


def _with_interval(value: float, draws: np.ndarray | list[float]) -> Score:
    """Take the spread of the draws, not their middle, which repeated occupations shift."""
    half = 1.96 * float(np.nanstd(np.asarray(draws)))
    return round(value, 4), round(value - half, 4), round(value + half, 4)
