"""The rankings that are scored: the service's own, and what it is measured beside."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.transitions.choice import TransitionsChoice
from app.transitions.fit import fits, ranked
from app.transitions.readiness import Matrix

Ranking = tuple[np.ndarray, np.ndarray]
"""Of each occupation all others, the best first, and the figure of each other one by place."""


def of_service(
    matrices: Sequence[Matrix], codes: Sequence[str], rank: Any, asked: Sequence[str] | None = None
) -> Ranking:
    """Rank as the service does, by `fit` or `readiness`, for those asked for or for all."""
    asked = codes if asked is None else asked
    places = {code: place for place, code in enumerate(codes)}
    order = np.zeros((len(asked), len(codes) - 1), dtype=int)
    figures = np.zeros((len(asked), len(codes)))
    for row, code in enumerate(asked):
        steps = [one for one in fits(matrices, code, "to") if one.code in places]
        found = ranked(steps, code, TransitionsChoice(rank=rank), {})
        order[row] = [places[one.code] for one in found]
        figures[row, order[row]] = [getattr(one, rank) for one in found]
    return order, figures


def _by_figure(figures: np.ndarray) -> Ranking:
    """Rank by figures, ties by code."""
    own = np.where(np.eye(len(figures), dtype=bool), -np.inf, figures)
    return np.argsort(-own, axis=1, kind="stable")[:, :-1], figures


def at_random(codes: Sequence[str]) -> Ranking:
    """Rank at random, the same each time."""
    return _by_figure(np.random.default_rng(16).random((len(codes), len(codes))))


def cosine(matrices: Sequence[Matrix], codes: Sequence[str]) -> Ranking:
    """Rank by the cosine of level times importance, over all elements at once."""
    parts = [matrix.levels * (1 + 4 * matrix.weights) for matrix in matrices]
    return _by_figure(_alike(_stacked(parts, matrices, codes)))


def pearson(matrices: Sequence[Matrix], codes: Sequence[str]) -> Ranking:
    """Rank by the correlation of importance, over all elements at once."""
    table = _stacked([1 + 4 * matrix.weights for matrix in matrices], matrices, codes)
    return _by_figure(_alike(table - table.mean(axis=0)))


def _stacked(
    tables: Sequence[np.ndarray], matrices: Sequence[Matrix], codes: Sequence[str]
) -> np.ndarray:
    columns = [[matrix.columns[code] for code in codes] for matrix in matrices]
    return np.concatenate([table[:, at] for table, at in zip(tables, columns, strict=True)])


def _alike(table: np.ndarray) -> np.ndarray:
    unit = table / np.sqrt((table**2).sum(axis=0))
    return unit.T @ unit


def mutual(gains: np.ndarray) -> np.ndarray:
    """Take O*NET's own list both ways, related or not, for its moves between groups alone."""
    return ((gains + gains.T) > 0).astype(float)
