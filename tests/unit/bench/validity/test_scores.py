"""Scores of rankings that are small enough to be worked out by hand."""

import numpy as np
import pytest

from bench.validity.scores import Truth, hubs, moves, scores
from bench.validity.truths import MAJOR_GROUPS
from bench.validity.truths import moves as read_moves

GAINS = np.array([[0, 3, 0, 1], [0, 0, 0, 0], [0, 2, 0, 0], [3, 0, 0, 0]], dtype=float)
ORDER = np.array([[2, 1, 3], [0, 2, 3], [1, 0, 3], [1, 2, 0]])
TRUTH = Truth(GAINS, np.array([0, 0, 1, 1]), np.array([1.0, 2.0, np.nan, 4.0]), None)


def test_a_ranking_is_scored_by_the_related_ones_of_those_that_have_any():
    found = {name: score[0] for name, score in scores(ORDER, np.zeros((4, 4)), TRUTH, 1).items()}

    # The first has its two at the places 2 and 3, the third its one at 1, the fourth at 3.
    assert found["map"] == pytest.approx(((1 / 2 + 2 / 3) / 2 + 1 + 1 / 3) / 3, abs=1e-4)
    assert 1.0 == found["recall_20"]
    assert found["first_right"] == pytest.approx(1 / 3, abs=1e-4)
    first = (3 / np.log2(3) + 1 / 2) / (3 + 1 / np.log2(3))
    assert found["ndcg_20"] == pytest.approx((first + 1 + 1 / 2) / 3, abs=1e-4)
    assert found["zone_change"] == pytest.approx(np.mean([2.0, 0.5, -2.5]), abs=1e-4)
    assert "moves" not in found


def test_the_commonest_fill_more_places_where_all_get_the_same():
    everybody = np.tile(np.arange(10), (100, 1))
    spread = np.arange(1_000).reshape(100, 10)

    assert (1.0, 0.02) == (hubs(everybody), hubs(spread))


def test_an_interval_holds_its_figure():
    order = np.argsort(np.random.default_rng(1).random((40, 39)), axis=1)
    gains = (np.random.default_rng(2).random((40, 40)) < 0.2).astype(float)
    truth = Truth(gains, np.zeros(40, dtype=int), np.ones(40), None)

    found = scores(order, gains, truth, 50)
    assert all(low <= value <= high for value, low, high in found.values())
    assert found["map"][1] < found["map"][2]


def test_figures_that_rise_with_the_lifts_of_moves_agree_wholly():
    lifts = np.random.default_rng(3).random((4, 4))
    groups = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    figures = lifts[np.ix_(groups, groups)]
    truth = Truth(np.zeros((8, 8)), groups, np.ones(8), lifts)

    assert 1.0 == moves(figures, truth, 20)["moves"][0]
    assert -1.0 == moves(-figures, truth, 20)["moves"][0]


def test_lifts_count_moves_between_groups_alone(tmp_path):
    file = tmp_path / "moves.csv"
    rows = ["month,origin_state,destination_state,weighted_transition_count"]
    for month, origin, destination, count in [
        (1, "occ22_01", "occ22_02", 30),
        (2, "occ22_01", "occ22_02", 30),
        (1, "occ22_01", "occ22_03", 20),
        (1, "occ22_02", "occ22_03", 20),
        (1, "occ22_01", "occ22_01", 9_999),
        (1, "nilf", "occ22_01", 9_999),
    ]:
        rows.append(f"2019-0{month},{origin},{destination},{count}")
    file.write_text("\n".join(rows), encoding="utf-8")

    lifts = read_moves(file)
    assert (len(MAJOR_GROUPS),) * 2 == lifts.shape
    assert lifts[0, 1] == pytest.approx(60 / (80 * 60 / 100))
    assert lifts[1, 2] == pytest.approx(20 / (20 * 40 / 100))
    assert read_moves(tmp_path / "none.csv") is None
