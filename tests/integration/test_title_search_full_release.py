"""The titles of O*NET 29.0 are found as written, misspelt, turned round and half typed."""

import csv
from collections import Counter
from random import Random
from string import ascii_lowercase

import pytest

from app.title_search import TitleIndex
from app.title_words import fold

SHOWN = 3


def lines_of(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def titles(full_release):
    return {
        line["O*NET-SOC Code"]: line["Title"]
        for line in lines_of(full_release / "Occupation Data.txt")
    }


@pytest.fixture(scope="module")
def alternates(full_release):
    lines = lines_of(full_release / "Alternate Titles.txt")
    pairs = {
        (line["O*NET-SOC Code"], line[column])
        for line in lines
        for column in ("Alternate Title", "Short Title")
    }
    return sorted((code, title) for code, title in pairs if title not in ("n/a", ""))


@pytest.fixture(scope="module")
def index(titles, alternates):
    return TitleIndex(titles, alternates)


@pytest.fixture(scope="module")
def named(titles, alternates):
    """How many occupations have a title, by the title as it reads."""
    pairs = {(code, fold(title)) for code, title in [*titles.items(), *alternates]}
    return Counter(title for _, title in pairs)


def shown(index, text) -> list[str]:
    return [hit.code for hit in index.search(text, SHOWN)]


def edit(rng: Random, word: str) -> str:
    """Leave a letter out, put one in, write another, or swap two."""
    at = rng.randrange(len(word) - 1)
    letter = rng.choice(ascii_lowercase)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def misspelt(rng: Random, title: str) -> str:
    words = title.split()
    at = max(range(len(words)), key=lambda place: len(words[place]))
    return " ".join([*words[:at], edit(rng, words[at]), *words[at + 1 :]])


def turned_round(rng: Random, title: str) -> str:
    words = title.upper().split()
    return ", ".join(rng.sample(words, len(words)))


def other_number(_: Random, title: str) -> str:
    return title.removesuffix("s") if title.endswith("s") else f"{title}s"


def half_typed(_: Random, title: str) -> str:
    *words, last = title.split()
    return " ".join([*words, last[: max(4, len(last) - 2)]])


@pytest.mark.parametrize("text", ["sofware developer", "developers, software"])
def test_software_developers_come_first(index, text):
    assert "15-1252.00" == shown(index, text)[0]


@pytest.mark.parametrize("text", ["nurse", "regis nur"])
def test_registered_nurses_are_among_the_first_three(index, text):
    assert "29-1141.00" in shown(index, text)


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_each_own_title_finds_its_occupation_first(index, titles, step):
    drawn = list(titles.items())[::step]

    assert [] == [code for code, title in drawn if shown(index, title)[0] != code]


@pytest.mark.parametrize("number", [300, pytest.param(3_000, marks=pytest.mark.soak)])
def test_an_exact_alternate_title_finds_all_of_up_to_three_occupations(
    index, alternates, named, number
):
    drawn = Random(6).sample(alternates, number)
    findable = [pair for pair in drawn if named[fold(pair[1])] <= SHOWN]

    assert len(findable) > 0.9 * number
    assert [] == [(code, title) for code, title in findable if code not in shown(index, title)]


def test_an_alternate_title_of_many_occupations_finds_three_of_them(index, alternates, named):
    many = sorted({title for _, title in alternates if named[fold(title)] > SHOWN})

    assert many
    for title in Random(6).sample(many, 100):
        assert SHOWN == len(set(shown(index, title)) & set(index.exact(title)))


@pytest.mark.parametrize("spoilt", [misspelt, turned_round, other_number, half_typed])
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))]
)
def test_48_of_50_alternate_titles_are_found_however_they_are_written(
    index, alternates, named, spoilt, seed
):
    rng = Random(seed)
    findable = [pair for pair in alternates if named[fold(pair[1])] <= SHOWN and len(pair[1]) > 7]
    drawn = [(code, spoilt(rng, title)) for code, title in rng.sample(findable, 50)]

    missed = [(code, text) for code, text in drawn if code not in shown(index, text)]
    assert len(missed) <= 2, missed
