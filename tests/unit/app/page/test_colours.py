"""Contrast of the page's colours in both schemes, after WCAG 2.2 (1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[4] / "app/page/static"
ORDER = ("page.css", "answer.css", "own.css", "print.css")
CSS = "".join((STATIC / name).read_text(encoding="utf-8") for name in ORDER)
TEXT, PARTS = 4.5, 3.0
"""What text must reach, and what the borders of controls and the parts of a drawing must."""
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "soft", TEXT),
    ("muted", "paper", TEXT),
    ("muted", "soft", TEXT),
    ("accent", "paper", TEXT),
    ("accent", "soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("doubt", "paper", TEXT),
    ("doubt", "soft", TEXT),
    ("edge", "paper", PARTS),
    ("edge", "soft", PARTS),
    ("bar", "paper", PARTS),
]


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each `:root` rule by name, each on top of those of the first."""
    found = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))
        for rule in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    ]
    light, dark, printed = found
    return {"light": light, "dark": light | dark, "print": light | printed}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_a_pair_of_colours_has_enough_contrast(scheme, front, back, least) -> None:
    colours = schemes()[scheme]

    assert contrast(colours[front], colours[back]) >= least


def test_contrast_is_that_of_wcag() -> None:
    assert 21.0 == round(contrast("#000000", "#ffffff"), 2)
    assert 4.48 == round(contrast("#777777", "#ffffff"), 2)


def test_every_colour_is_in_a_pair_that_is_checked_or_only_divides() -> None:
    checked = {name for front, back, _ in PAIRS for name in (front, back)}

    assert set(schemes()["light"]) == checked | {"line"}


def test_colours_are_named_once_and_used_by_name() -> None:
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)

    assert [] == re.findall(r"#[0-9a-f]{3,8}\b", rules)


def test_all_style_sheets_are_looked_at() -> None:
    assert sorted(ORDER) == sorted(path.name for path in STATIC.glob("*.css"))
