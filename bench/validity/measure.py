"""Scores all rankings on what a database holds of one release."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from app.transitions.readiness import Matrix
from app.wiring.container import Services
from bench.validity.rankings import Ranking, at_random, cosine, mutual, of_service, pearson
from bench.validity.scores import Score, Truth, moves, scores
from bench.validity.truths import groups, related
from bench.validity.truths import moves as read_moves

SETS = (("skills",), ("skills", "knowledge"), ("skills", "knowledge", "abilities"))
"""The domains that are compared together."""
SHIPPED = "fit"
"""The ranking that the service answers with where none is asked for."""

Scores = dict[str, dict[str, Score]]
"""By ranking, and by measure."""


def held(services: Services) -> dict[str, Matrix]:
    """Return the matrix of each domain of which anything is held."""
    found = {domain: services.matrices.snapshot(domain).matrix for domain in SETS[-1]}
    return {domain: matrix for domain, matrix in found.items() if matrix.titles}


def truth_of(services: Services, codes: Sequence[str], moves_file: Path) -> Truth:
    """Read what rankings of these occupations are scored against."""
    zones = services.catalogue.job_zones()
    return Truth(
        related(services.catalogue, codes),
        groups(codes),
        np.array([float(zones.get(code) or "nan") for code in codes]),
        read_moves(moves_file),
    )


def in_all(matrices: Mapping[str, Matrix], domains: Sequence[str]) -> list[str]:
    """Return the occupations that are rated in all of some domains, by code."""
    return sorted(set.intersection(*(set(matrices[domain].titles) for domain in domains)))


def shipped(services: Services, domains: Sequence[str], moves_file: Path) -> dict[str, Score]:
    """Score what the service ranks by those domains; the intervals say nothing."""
    matrices = held(services)
    codes = in_all(matrices, domains)
    truth = truth_of(services, codes, moves_file)
    ranking = of_service([matrices[one] for one in domains], codes, SHIPPED)
    return scores(*ranking, truth, draws=1)


def measure(services: Services, moves_file: Path) -> dict[str, Scores]:
    """Score each ranking by each set of domains that is held."""
    matrices = held(services)
    found: dict[str, Scores] = {}
    for domains in SETS:
        if not all(domain in matrices for domain in domains):
            continue
        codes = in_all(matrices, domains)
        truth = truth_of(services, codes, moves_file)
        used = [matrices[domain] for domain in domains]
        rankings: dict[str, Ranking] = {
            "random": at_random(codes),
            "readiness": of_service(used, codes, "readiness"),
            "fit": of_service(used, codes, "fit"),
            "cosine": cosine(used, codes),
            "pearson": pearson(used, codes),
        }
        each = {name: scores(*ranking, truth) for name, ranking in rankings.items()}
        found[" + ".join(domains)] = each | {"onet": moves(mutual(truth.gains), truth)}
    return found
