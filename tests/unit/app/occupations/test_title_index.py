"""Finding an occupation by what people call it, on a list short enough to see through."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.occupations.title_index import LEAST, TitleHit, TitleIndex
from app.occupations.vocabulary import Vocabulary, edits_allowed
from app.occupations.words import LONGEST, fold, stem

TITLES = {
    "15-1242.00": "Database Administrators",
    "15-1252.00": "Software Developers",
    "15-1254.00": "Web Developers",
    "15-2051.00": "Data Scientists",
    "27-2011.00": "Actors",
    "29-1141.00": "Registered Nurses",
    "29-1141.01": "Acute Care Nurses",
    "29-1141.03": "Critical Care Nurses",
    "29-1171.00": "Nurse Practitioners",
    "37-3011.00": "Landscaping and Groundskeeping Workers",
    "45-2092.00": "Farmworkers and Laborers, Crop, Nursery, and Greenhouse",
}
ALTERNATES = {
    "15-1242.00": ["DBA (Database Administrator)"],
    "15-1252.00": ["C++ Developer", "Software Engineer"],
    "15-1254.00": ["Software Developer", "Webmaster"],
    "29-1141.00": ["Charge Nurse", "Nurse", "Staff Nurse"],
    "29-1141.01": ["Nurse"],
    "29-1141.03": ["Nurse"],
    "37-3011.00": ["Groundskeeper", "Developer"],
    "99-9999.99": ["Unicorn Groom"],
}
SYNONYMS = [
    ("Software Developers", "SWE"),
    ("Software Developers", "developer"),
    ("Registered Nurses", "staff nurse"),
    ("Landscaping and Groundskeeping Workers", "gardener"),
    ("Unicorn Grooms", "unicorn groom"),
]
INDEX = TitleIndex(TITLES, ALTERNATES)
WITH_SYNONYMS = TitleIndex(TITLES, ALTERNATES, SYNONYMS)

texts = st.one_of(
    st.text(max_size=LONGEST),
    st.lists(
        st.sampled_from(["nurse", "nurs", "web", "dev", "++", "15-", "é", "\ufdfa", "\0"])
    ).map(" ".join),
)
words = st.text("abcdeés'+- #", max_size=12)
lists = st.dictionaries(
    st.from_regex(re.compile(r"[0-9]{2}-[0-9]{4}\.00", re.ASCII), fullmatch=True), words, max_size=6
)


def found(text: str, index: TitleIndex = INDEX) -> list[str]:
    return [hit.code for hit in index.search(text, 20)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("software developers", "15-1252.00", id="case"),
        pytest.param("Software Developer", "15-1252.00", id="number, before an exact alternate"),
        pytest.param("developers, software", "15-1252.00", id="word order and punctuation"),
        pytest.param("sofware developer", "15-1252.00", id="a letter left out"),
        pytest.param("sotfware develloper", "15-1252.00", id="letters swapped and doubled"),
        pytest.param("SOFTWÄRE DÉVELOPERS", "15-1252.00", id="marks"),
        pytest.param("soft devel", "15-1252.00", id="beginnings"),
        pytest.param("regis nur", "29-1141.00", id="beginnings as typed"),
        pytest.param("w", "15-1254.00", id="one letter"),
        pytest.param("data base administrator", "15-1242.00", id="one word as two"),
        pytest.param("datascientist", "15-2051.00", id="two words as one"),
        pytest.param("c++ developer", "15-1252.00", id="a language's name"),
        pytest.param("groundskeepers", "37-3011.00", id="plural of an alternate title"),
        pytest.param("dba", "15-1242.00", id="one word of a title"),
        pytest.param("greenhose", "45-2092.00", id="a typo in one word of many"),
        pytest.param("osftware developer", "15-1252.00", id="the first two letters swapped"),
        pytest.param("senior web developer", "15-1254.00", id="a rank"),
        pytest.param("Web Developer (trainee)", "15-1254.00", id="a rank behind"),
    ],
)
def test_what_people_type_finds_the_occupation_first(text, code):
    assert code == found(text)[0]


def test_a_hit_tells_what_matched():
    assert [
        TitleHit("29-1141.00", "Registered Nurses", "Charge Nurse", "alternate", 0.98)
    ] == INDEX.search("charge nurse", 1)
    assert [TitleHit("27-2011.00", "Actors", "Actors", "title", 1.0)] == INDEX.search("ACTORS", 9)
    assert [TitleHit("27-2011.00", "Actors", "27-2011.00", "code", 1.0)] == INDEX.search(
        "27-2011.00", 9
    )


def test_a_title_of_several_occupations_finds_the_one_that_says_it_most_first():
    hits = INDEX.search("nurse", 20)

    assert ["29-1141.00", "29-1141.01", "29-1141.03"] == [hit.code for hit in hits[:3]]
    assert {("Nurse", 0.98)} == {(hit.matched, hit.score) for hit in hits[:3]}
    assert "29-1171.00" == hits[3].code


def test_the_nearer_own_title_goes_before_the_lower_code():
    index = TitleIndex(
        {"11-0000.00": "Cooks", "12-0000.00": "Truck Washers"},
        {"11-0000.00": ["Washer"], "12-0000.00": ["Washer"]},
    )

    assert ["12-0000.00", "11-0000.00"] == found("washer", index)


def test_a_synonym_comes_before_what_others_are_called_and_after_an_own_title():
    assert [
        TitleHit("15-1252.00", "Software Developers", "developer", "synonym", 0.985),
        TitleHit("37-3011.00", TITLES["37-3011.00"], "Developer", "alternate", 0.98),
    ] == WITH_SYNONYMS.search("developer", 2)
    assert ["37-3011.00", "15-1252.00"] == found("developer")[:2]
    own = TitleIndex(TITLES, {}, [("Data Scientists", "actors")])
    assert ["27-2011.00", "15-2051.00"] == found("actors", own)


def test_a_synonym_is_found_as_titles_are_and_makes_no_letter_away_of_an_acronym():
    assert "37-3011.00" == found("gardner", WITH_SYNONYMS)[0]
    assert "37-3011.00" == found("senior gardeners", WITH_SYNONYMS)[0]
    assert "15-1252.00" == found("senior swe", WITH_SYNONYMS)[0]
    assert [] == found("swa", WITH_SYNONYMS)


def test_an_alternate_title_that_is_a_synonym_too_is_called_an_alternate_title():
    assert [
        TitleHit("29-1141.00", "Registered Nurses", "Staff Nurse", "alternate", 0.985)
    ] == WITH_SYNONYMS.search("staff nurse", 1)


def test_what_a_text_is_a_synonym_of_is_told_apart_from_its_titles():
    assert ["15-1252.00"] == WITH_SYNONYMS.synonymous("Swe")
    assert [] == WITH_SYNONYMS.exact("swe")
    assert ["15-1252.00"] == WITH_SYNONYMS.synonymous("developer")
    assert ["37-3011.00"] == WITH_SYNONYMS.exact("developer")
    assert ["29-1141.00"] == WITH_SYNONYMS.exact("staff nurse")
    assert [] == WITH_SYNONYMS.synonymous("charge nurse")
    assert [] == WITH_SYNONYMS.synonymous("unicorn groom")


@pytest.mark.parametrize(
    ("beginning", "codes"),
    [
        ("15125", ["15-1252.00", "15-1254.00"]),
        ("15.1254", ["15-1254.00"]),
        ("15 1254 00", ["15-1254.00"]),
        ("15-", ["15-1242.00", "15-1252.00", "15-1254.00", "15-2051.00"]),
        (" 15-125 ", ["15-1252.00", "15-1254.00"]),
        ("29-1141.0", ["29-1141.00", "29-1141.01", "29-1141.03"]),
        ("29-1141.02", []),
        ("15-12520", []),
    ],
)
def test_the_beginning_of_a_code_finds_codes_in_their_order(beginning, codes):
    assert codes == found(beginning)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "!?", "%", "\0", "\ud800", "+", "zyxwv", "unicorn groom", "c# artist", "bda", "dbs"],
)
def test_a_text_like_no_title_finds_nothing(text):
    assert [] == found(text)


def test_the_first_words_of_a_long_text_count():
    assert "15-1254.00" == found("web developer " * 200)[0]
    sixteen = "a b c d e f g h i j k l m n o p"
    index = TitleIndex({"11-0000.00": sixteen, "12-0000.00": "Actors"}, {})

    assert ["11-0000.00"] == found(f"{sixteen} actors", index)
    assert ["12-0000.00"] == found("actors", index)


def test_an_empty_list_finds_nothing():
    for index in (TitleIndex({}, {"15-1252.00": ["Coder"]}), TitleIndex({"15-1252.00": "--"}, {})):
        assert [] == index.search("coder", 5)
        assert [] == index.exact("--")


def test_fewer_hits_are_the_first_of_more():
    for text in ("nurse", "developer", "care", "15-"):
        more = INDEX.search(text, 20)
        assert [more[:limit] for limit in range(5)] == [INDEX.search(text, n) for n in range(5)]


def test_exact_names_own_titles_before_alternate_titles():
    index = TitleIndex(
        {"11-0000.00": "Bakers", "12-0000.00": "Cook's Aides", "13-0000.00": "Cooks"},
        {"11-0000.00": ["Cooks aides", "COOKS", "cooks"]},
    )

    assert ["13-0000.00", "11-0000.00"] == index.exact(" cooks ")
    assert ["12-0000.00", "11-0000.00"] == index.exact("cooks - aides")
    assert [] == index.exact("cook")
    assert [] == index.exact("aides cooks")


@settings(max_examples=40)
@given(texts, st.integers(0, 12))
def test_any_text_is_answered_best_first_and_each_occupation_once(text, limit):
    hits = INDEX.search(text, limit)

    scores = [hit.score for hit in hits]
    least = LEAST if {"code"} != {hit.kind for hit in hits} else 0.3
    assert sorted(scores, reverse=True) == scores
    assert all(least <= score <= 1 for score in scores)
    assert len(hits) == len({hit.code for hit in hits}) <= limit
    assert all(TITLES[hit.code] == hit.title for hit in hits)


@settings(max_examples=40)
@given(lists, st.lists(st.tuples(st.integers(0, 5), words), max_size=8))
def test_an_own_title_always_finds_its_occupation_first(titles, pairs):
    codes = [*titles, *["11-1111.99"] * 6]
    alternates = {code: [title for at, title in pairs if codes[at] == code] for code in codes}
    index = TitleIndex(titles, alternates)

    for title in filter(fold, titles.values()):
        same = sorted(code for code, other in titles.items() if fold(other) == fold(title))
        hits = index.search(title, len(same))

        assert same == sorted(hit.code for hit in hits)
        assert {("title", 1.0)} == {(hit.kind, hit.score) for hit in hits}
        assert same == index.exact(title)[: len(same)]


@given(st.text(max_size=300))
def test_a_folded_text_is_words_with_single_spaces_and_folds_to_itself(text):
    folded = fold(text)

    assert folded == fold(folded)
    assert folded.split(" ") == folded.split() or not folded
    assert len(folded) <= LONGEST


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Nurse's\tAide ", "nurses aide"),
        ("Nurse\u2019s Aide", "nurses aide"),
        ("Café-Manager/Owner", "cafe manager owner"),
        ("STRAẞE \N{MATHEMATICAL BOLD CAPITAL A} ﬁne Ⓐ", "strasse a fine a"),
        ("C++/C# Developer #1", "c++ c# developer 1"),
        ("snake_case", "snake case"),
        ("院長 ", "院長"),
        ("a\0b", "a b"),
        ("R&D / Q & A", "r&d q&a"),
        ("Smith & Sons", "smith sons"),
        (".NET, ASP.NET, net", ".net asp .net net"),
        ("internet.network", "internet network"),
    ],
)
def test_a_text_folds_to_what_it_reads_like(text, folded):
    assert folded == fold(text)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("nurse", "nurses"),
        ("secretary", "secretaries"),
        ("coach", "coaches"),
        ("boss", "bosses"),
        ("boilermaker", "boilermakers"),
        ("policeman", "policewomen"),
        ("salesman", "salespersons"),
        ("salesman", "salespeople"),
        ("laborer", "labourers"),
        ("pediatrician", "paediatricians"),
        ("counselor", "counsellors"),
        ("center", "centres"),
        ("tire", "tyres"),
        ("operator", "operatives"),
    ],
)
def test_number_sex_and_spelling_of_a_word_have_one_stem(singular, plural):
    assert stem(singular) == stem(plural)


@pytest.mark.parametrize(
    "word", ["gas", "business", "campus", "analysis", "nurse", "bus", "programmer", ""]
)
def test_what_is_no_plural_stays(word):
    assert word == stem(word)


def likenesses(words: list[str], text: str) -> list[list[tuple[float, list[str]]]]:
    """What each word of a text stands for in a vocabulary."""
    vocabulary = Vocabulary(words)
    return [
        [(round(run.likeness, 3), vocabulary.words[run.first : run.end]) for run in runs]
        for _, runs in vocabulary.runs(text.split())
    ]


def test_a_word_stands_for_others_least_like_first():
    words = ["nurse", "nursery", "purse", "nun"]

    assert [[(0.85, ["nurse", "nursery"]), (1.0, ["nurse"])]] == likenesses(words, "nurse")
    assert [[(0.833, ["nurse"])]] == likenesses(words, "nursse")
    assert [[], [(0.85, ["nun", "nurse", "nursery"])]] == likenesses(words, "n n")
    assert [[(0.95, ["purse"])], [(0.95, ["nun"])]] == likenesses(words, "pursenun")
    assert [[]] == likenesses(words, "xyzxyz")


def test_another_word_is_less_likely_meant_where_what_was_typed_is_one():
    assert [[(0.75, ["cool"])]] == likenesses(["cool"], "cook")
    assert [[(0.525, ["cool"]), (0.85, ["cook"]), (1.0, ["cook"])]] == (
        likenesses(["cook", "cool"], "cook")
    )


def test_a_wrong_first_letter_is_taken_in_long_words_beside_others_or_swapped():
    assert [[]] == likenesses(["feeder"], "eeder")
    assert [(0.833, ["feeder"])] == likenesses(["feeder", "knife"], "eeder knife")[0]
    assert [[(0.857, ["florist"])]] == likenesses(["florist"], "glorist")
    assert [[]] == likenesses(["florists"], "glorizts")
    assert [[(0.8, ["lease"])]] == likenesses(["lease"], "elase")


def test_longer_words_may_be_more_edits_away():
    lengths = (2, 3, 4, 7, 8, 11, 12)

    assert [0, 0, 1, 1, 2, 2, 3] == [edits_allowed("x" * length) for length in lengths]


@pytest.mark.parametrize("whole", ["salesperson", "salespeople", "saleswoman", "saleslady"])
def test_a_persons_word_is_found_at_each_letter_that_is_typed(whole):
    index = TitleIndex({"41-2031.00": "Retail Salespersons", "11-2022.00": "Managers"}, {})

    for letters in range(3, len(whole) + 1):
        assert ["41-2031.00"] == [hit.code for hit in index.search(whole[:letters], 5)], letters
