"""Writes docs/validity.md, its picture and the figures that tests hold the ranking to."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.validity.measure import SHIPPED, Scores

NAMES: Final = {
    "random": "random",
    "readiness": "readiness (`rank=readiness`)",
    "fit": "**fit, which ships**",
    "cosine": "cosine of level x importance",
    "pearson": "Pearson of importance",
    "onet": "O*NET's related occupations, both ways",
}
MEASURES: Final = {
    "map": "MAP",
    "recall_20": "recall@20",
    "ndcg_20": "nDCG@20",
    "first_right": "first right",
    "hubs": "20 commonest",
    "zone_change": "zone change",
    "moves": "moves",
}
INTRODUCTION: Final = Path(__file__).with_name("introduction.md")
WITHOUT_MOVES: Final = "Observed moves were not at hand, so that their column is empty.\n"

Found = Mapping[str, Mapping[str, Scores]]
"""By release, and by the domains that are compared together."""


def write(docs: Path, found: Found) -> None:
    """Write the page, the picture and the figures."""
    docs.joinpath("validity.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    docs.joinpath("validity.svg").write_text(_picture(found), encoding="utf-8")
    parts = [INTRODUCTION.read_text(encoding="utf-8")]
    for release, sets in found.items():
        for domains, each in sets.items():
            parts.append(f"## O*NET {release}, {domains}\n\n{_table(each)}")
        if not all("moves" in each[SHIPPED] for each in sets.values()):
            parts.append(WITHOUT_MOVES)
    docs.joinpath("validity.md").write_text("\n".join(parts), encoding="utf-8")


def _table(each: Scores) -> str:
    head = f"| ranking | {' | '.join(MEASURES.values())} |\n|---{'|---' * len(MEASURES)}|\n"
    rows = [
        f"| {NAMES[name]} | {' | '.join(_cell(found.get(one)) for one in MEASURES)} |\n"
        for name, found in each.items()
        if found
    ]
    return head + "".join(rows)


def _cell(score: tuple[float, float, float] | None) -> str:
    return "" if score is None else f"{score[0]:.3f} ({score[1]:.3f} to {score[2]:.3f})"


BAR: Final = 220
"""Width of a score of 1."""
LINE: Final = 22


def _picture(found: Found) -> str:
    """Draw MAP and moves on skills and knowledge of the first release that has both."""
    release, sets = next(iter(found.items()))
    domains = "skills + knowledge" if "skills + knowledge" in sets else next(iter(sets))
    rows = list(sets[domains].items())
    height = 60 + LINE * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img">',
        "<style>text { font: 13px sans-serif }</style>",
        f"<title>O*NET {release}, {domains}: MAP and moves of each ranking</title>",
        f'<rect width="760" height="{height}" fill="#fff"/>',
        '<text x="240" y="24">MAP, Related Occupations</text>',
        '<text x="500" y="24">moves, rank correlation</text>',
    ]
    for at, (name, each) in enumerate(rows):
        y = 48 + LINE * at
        label = NAMES[name].replace("**", "").replace("`", "")
        parts.append(f'<text x="232" y="{y}" text-anchor="end">{label}</text>')
        for x, measure in ((240, "map"), (500, "moves")):
            if measure in each:
                parts += _bar(x, y, each[measure][0], name == SHIPPED)
    return "\n".join([*parts, "</svg>\n"])


def _bar(x: int, y: int, score: float, strong: bool) -> list[str]:
    width = max(0.0, score) * BAR
    colour = "#1a6e4a" if strong else "#9aa5b1"
    return [
        f'<rect x="{x}" y="{y - 12}" width="{width:.1f}" height="15" fill="{colour}"/>',
        f'<text x="{x + width + 6:.1f}" y="{y}">{score:.3f}</text>',
    ]
