"""Files of ratings as they are written to start from, and as people change them."""

import re
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.profiles.ratings_file import LARGEST, RatingsFileError, read_ratings
from app.profiles.template import csv_template, template
from cache.entries.meanings import Anchor, Meaning
from cache.policy import Entry
from cache.profile import ElementRating, Profile
from cache.reading import Reading

TEXT = st.text(max_size=200)


def rated(id_: str, name: str, level: float, *, not_relevant: bool = False) -> ElementRating:
    return ElementRating(id_, name, level, 3.0, None, not_relevant, low_precision=False)


@given(name=TEXT, title=TEXT, about=TEXT, anchor=TEXT, level=st.floats(0, 7))
def test_whatever_texts_hold_levels_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory,
    name: str, title: str, about: str, anchor: str, level: float,
) -> None:  # fmt: skip
    ratings = {"2.A.1.a": rated("2.A.1.a", name, level),
               "2.A.1.b": rated("2.A.1.b", name, 0.25, not_relevant=True)}  # fmt: skip
    profile = Profile("15-1254.00", title, ratings)
    reading = Reading(Entry("skills", "15-1254.00"), profile, "hit")
    meaning = Meaning("2.A.1.a", name, "skills", about, (Anchor(2, anchor),))
    path = tmp_path_factory.getbasetemp() / "written.toml"

    path.write_text(template([reading], {"2.A.1.a": meaning}), encoding="utf-8")
    read = read_ratings(path)

    assert (["15-1254.00"], {"2.A.1.a": level, "2.A.1.b": 0}) == read[:2]


def test_an_element_is_written_with_what_it_is_and_what_its_levels_take() -> None:
    profile = Profile("15-1254.00", "Web", {"2.A.1.a": rated("2.A.1.a", "Reading", 4.0)})
    reading = Reading(Entry("skills", "15-1254.00", release="30.3"), profile, "hit")
    meaning = Meaning("2.A.1.a", "Reading", "skills", "To read.", (Anchor(2, "A form"),))

    with_meaning = template([reading], {"2.A.1.a": meaning})
    without = template([reading], {})

    assert with_meaning.endswith('# Reading: To read.\n#   2: A form\n"2.A.1.a" = 4.0\n')
    assert without.endswith('[ratings]\n\n# Reading\n"2.A.1.a" = 4.0\n')
    assert ("examples" in with_meaning, "examples" in without) == (True, False)
    assert max(map(len, with_meaning.splitlines())) <= 96


@pytest.mark.parametrize(
    ("text", "ratings"),
    [
        ('[ratings]\n"2.B.3.e" = 4\n', {"2.B.3.e": 4}),
        ("[ratings]\n2.B.3.e = 4\n2.B.3.a = 1.5", {"2.B.3.e": 4, "2.B.3.a": 1.5}),
        ('\ufeff[ratings]\n"2.B.3.e" = 4\r\n', {"2.B.3.e": 4}),
        ('occupations = ["x"]', {}),
        ("", {}),
    ],
)
def test_ids_may_be_written_without_quotes(
    tmp_path: Path, text: str, ratings: dict[str, float]
) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(text.encode())

    assert ratings == read_ratings(path).ratings


@pytest.mark.parametrize(
    "text",
    [
        "id,level\n2.B.3.e,4\n2.A.1.a,0\n",
        "\ufeffname\tlevel\tid\r\nProgramming\t4\t2.B.3.e\r\nx\t0\t2.A.1.a\r\n",
        "id,level,not_relevant\n2.B.3.e,4.0,false\n2.A.1.a,0.25,true\n",
        '"id";"name";"level"\r\n2.B.3.e;Programming, written;4,0\r\n2.A.1.a;x;0\r\n',
        'Id;Name;Level;Not_Relevant\r\n2.B.3.e;"Make; do";4,0;\r\n2.A.1.a;x;0,25;TRUE\r\n',
        'id,name,level\n2.B.3.e,"two\nlines",4\n\n2.A.1.a,x,"0,0"\n',
        "id,level\r2.B.3.e,4\r2.A.1.a,0\r",
    ],
)
def test_csv_has_an_id_and_a_level_and_may_have_what_the_api_writes(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "my.CSV"
    path.write_bytes(text.encode())

    assert {"2.B.3.e": 4, "2.A.1.a": 0} == read_ratings(path).ratings


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("my.csv", b"a,b\n", "my.csv: line 1: Has no columns id and level."),
        ("my.csv", b"level,name\n4,x", "my.csv: line 1: Has no columns"),
        ("my.csv", b'id;level\n2.B.3.e;"4.5.1"\n', "my.csv: line 2: level: Not a number."),
        ("my.csv", b'id,level\n2.B.3.e,"4,5,1"\n', "my.csv: line 2: level: Not a number."),
        ("my.csv", b"id,level\n2.B.3.e,nan\n", "my.csv: line 2: level: Not a number."),
        ("my.csv", b"id,level\n2.B.3.e,1_0\n", "my.csv: line 2: level: Not a number."),
        ("my.csv", b"id,level,Level\n2.B.3.e,1,2\n", "my.csv: line 1: Has the column level twice."),
        ("my.csv", b"id,level,not_relevant\n2.B.3.e,1,yes", "line 2: not_relevant: Not true or"),
        ("my.csv", b'id,name,level\n2.B.3.e,"a\nb",1\nx,y,2', "my.csv: line 4: 'x' is no element"),
        ("my.json", b'{"from": {"ratings": [1]}}', "my.json: ratings: Not a table"),
        ("my.json", b'{"from": [1]}', "my.json: Not JSON of a profile: takes {"),
        ("my.json", b'{"from": {}, "from": {}}', "my.json: A member is given more than once."),
        ("my.json", b"{", "my.json: Not JSON."),
        ("my.csv", b"id,level\n2.B.3.e\n", "my.csv: line 2: level: Not a number."),
        ("my.csv", b"id,level\nx,3\n", "my.csv: line 2: 'x' is no element id"),
        ("my.csv", b"id,level\n2.B.3.e,1\n2.B.3.e,2", "my.csv: line 3: 2.B.3.e is rated twice."),
        ("my.csv", b'id,level\n"2.B', "my.csv: line 2: Not CSV"),
        ("my.toml", b"a = 1\nb = '\xff'", "my.toml: line 2: Not UTF-8."),
        ("my.toml", b"#" * (LARGEST + 1), "my.toml: Longer than 1,000,000 bytes."),
        ("my.toml", b"x = " + b"[" * 5000, "my.toml: Not TOML"),
        ("my.toml", b"[ratings]\n'1.X' = 3", "my.toml: ratings: '1.X' is no element id"),
    ],
)
def test_what_is_wrong_is_said_with_the_place(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(RatingsFileError, match=re.escape(said)):
        read_ratings(path)


@given(
    st.dictionaries(
        st.sampled_from(["2.A.1.a", "2.B.3.e"]), st.integers(0, 700).map(lambda one: one / 100)
    ),
    TEXT,
)
@example({"2.A.1.a": 0.01}, '=two\r\nlines, "quoted"')
def test_csv_that_is_written_comes_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, levels: dict[str, float], text: str
) -> None:
    profile = Profile("15-1254.00", "Web", {id_: rated(id_, text, levels[id_]) for id_ in levels})
    reading = Reading(Entry("skills", "15-1254.00"), profile, "hit")
    path = tmp_path_factory.getbasetemp() / "written.csv"

    path.write_text(
        csv_template([reading], {"2.A.1.a": Meaning("2.A.1.a", text, "skills", text, ())}),
        encoding="utf-8",
        newline="",
    )

    assert levels == read_ratings(path).ratings


@pytest.mark.parametrize(
    "text",
    [
        "id,level\n2.B.3.e,4\n",
        '[ratings]\n"2.B.3.e" = 4\n',
        '{"from": {"occupations": [], "ratings": {"2.B.3.e": 4}}, "to": "15-1254"}',
        "\n[ratings]\n2.B.3.e = 4\n",
        "\n \nid,level\n2.B.3.e,4\n",
        "\nid;level\n2.B.3.e;4,0;\n",
        '\n {"from": {"ratings": {"2.B.3.e": 4}}}',
    ],
)
@pytest.mark.parametrize("name", ["my.csv", "my.toml", "my", "-"])
def test_what_a_file_is_shows_in_it_whatever_it_is_called_and_space_is_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    path = tmp_path / name if name != "-" else Path("-")
    if name == "-":
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
    else:
        path.write_text(text)

    assert {"2.B.3.e": 4} == read_ratings(path).ratings


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RatingsFileError, match=r"no-such\.toml: No such file"):
        read_ratings(tmp_path / "no-such.toml")
