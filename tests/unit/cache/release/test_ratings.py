"""Every rating row is checked: what is right is yielded as it stands, what is not is told."""

from datetime import date

import pytest
from support.made_up_release import RATED, RATING_ROWS, write_release
from support.release_files import add_lines, change, content, drop_lines

from cache.entries.canonical import Figures, canonical_line
from cache.release.ratings import RatingRows
from cache.release.reader import open_release
from cache.release.references import SCALE_FILE
from onet_client.release_files import ReleaseError

NAME = "Skills.txt"
IMPORTANCE = "11-9001.00\t2.A.1.a\tListening to Wind\tIM\t4.12\t8\t0.1250\t3.8800\t4.3700\tN\tn/a"
LEVEL = "11-9001.00\t2.A.1.a\tListening to Wind\tLV\t0.00\t8\t\tn/a\tn/a\tY\tN\t07/2014\tAnalyst"


def refused(path) -> ReleaseError:
    with pytest.raises(ReleaseError) as raised:
        content(path)
    return raised.value


def rows_of(path) -> list[tuple]:
    with open_release(path) as release:
        return list(RatingRows(release, release.occupations(), release.scales()))


def figures_of(path, scale) -> Figures:
    """The figures of the first rating on a scale."""
    found = (Figures(*row[-len(Figures._fields) :]) for row in rows_of(path))
    return next(figures for figures in found if figures.scale_id == scale)


def test_a_row_is_yielded_with_its_place_and_its_figures(made_up_release):
    assert (NAME, 2, RATED[0]) == rows_of(made_up_release)[0][:3]
    expected = Figures(
        element_id="2.A.1.a",
        scale_id="IM",
        value="4.1200",
        n=8,
        standard_error="0.1250",
        lower_ci="3.8800",
        upper_ci="4.3700",
        recommend_suppress=False,
        not_relevant=None,
        date_updated=date(2023, 8, 1),
        domain_source="Analyst",
    )
    assert canonical_line(expected) == canonical_line(figures_of(made_up_release, "IM"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("11-9001.00", "99-9999.99", "occupation '99-9999.99' is not in", id="unknown"),
        pytest.param("11-9001.00", "11-9001.00 ", "is not in Occupation", id="code and space"),
        pytest.param("\tIM\t", "\tRT\t", "scale 'RT' is neither LV nor IM", id="unknown scale"),
        pytest.param("\tIM\t", "\tim\t", "scale 'im' is neither LV nor IM", id="scale in small"),
        pytest.param("\tIM\t", "\t\t", "scale '' is neither LV nor IM", id="no scale"),
        pytest.param("\t4.12\t", "\t5.01\t", "value '5.01' is not between 1 and 5", id="above IM"),
        pytest.param("\t4.12\t", "\t0.99\t", "value '0.99' is not between 1 and 5", id="below IM"),
        pytest.param("\t0.00\t", "\t7.0001\t", "not between 0 and 7", id="above LV"),
        pytest.param("\t4.12\t", "\tn/a\t", "value 'n/a' is not between 1 and 5", id="missing"),
        pytest.param("\t4.12\t", "\t\t", "value '' is not between 1 and 5", id="empty value"),
        pytest.param("\t4.12\t", "\t-4.12\t", "'-4.12' is no figure", id="negative"),
        pytest.param("\t4.12\t", "\t4.12345\t", "'4.12345' is no figure", id="five decimals"),
        pytest.param("\t4.12\t", "\t1e0\t", "'1e0' is no figure", id="exponent"),
        pytest.param("\t4.12\t", "\tnan\t", "'nan' is no figure", id="nan"),
        pytest.param("\t4.12\t", "\t4,12\t", "'4,12' is no figure", id="comma"),
        pytest.param("\t4.12\t", "\t 4.12\t", "' 4.12' is no figure", id="space"),
        pytest.param(
            "\t4.12\t", "\t\N{ARABIC-INDIC DIGIT FOUR}\t", "is no figure", id="other digits"
        ),
        pytest.param("\t0.1250\t", "\t-0.1\t", "'-0.1' is no figure", id="negative error"),
        pytest.param("\t0.1250\t", "\t1000\t", "'1000' is no figure", id="huge error"),
        pytest.param("\t3.8800\t", "\t4.3800\t", "interval 4.3800 to 4.3700", id="upside down"),
        pytest.param("\t8\t", "\t-1\t", "N '-1' is not a count", id="negative count"),
        pytest.param("\t8\t", "\t8.5\t", "N '8.5' is not a count", id="half a rater"),
        pytest.param("\t8\t", "\t1000000000\t", "is not a count", id="huge count"),
        pytest.param("\tN\tn/a\t", "\tn\tn/a\t", "'n' is none of Y, N, n/a", id="flag in small"),
        pytest.param("\tN\tn/a\t", "\tN\tno\t", "'no' is none of Y, N, n/a", id="flag"),
        pytest.param("08/2023", "13/2023", "'13/2023' is not a month", id="month 13"),
        pytest.param("08/2023", "00/2023", "'00/2023' is not a month", id="month 0"),
        pytest.param("08/2023", "8/2023", "'8/2023' is not a month", id="one digit"),
        pytest.param("08/2023", "2023-08-01", "is not a month", id="another date format"),
        pytest.param("08/2023", "08/0000", "is not a month", id="year 0"),
        pytest.param("Analyst", "A" * 31, "domain source is longer than 30", id="long source"),
        pytest.param("\t2.A.1.a\t", "\t\t", "'' is not an element id", id="no element"),
        pytest.param("\t2.A.1.a\t", "\t2.A.1.a \t", "is not an element id", id="element and space"),
        pytest.param("\t2.A.1.a\t", "\tskills\t", "is not an element id", id="no element id"),
        pytest.param("Listening to Wind", "", "element name is missing or longer", id="no name"),
        pytest.param("Listening to Wind", "L" * 151, "missing or longer than 150", id="long name"),
        pytest.param("\tAnalyst", "", "12 fields where 13 are due", id="a field short"),
        pytest.param("Analyst", "Analyst\t", "14 fields where 13 are due", id="a field more"),
    ],
)
def test_a_bad_row_is_refused_by_file_line_and_reason(made_up_release, old, new, reason):
    line = change(made_up_release / NAME, old, new)

    told = str(refused(made_up_release).problems[0])
    assert told.startswith(f"{NAME}, line {line}: ")
    assert reason in told


@pytest.mark.parametrize(
    ("scale", "field", "old", "new", "expected"),
    [
        ("LV", "value", "\t0.00\t", "\t7\t", "7.0000"),
        ("LV", "value", "\t0.00\t", "\t0\t", "0.0000"),
        ("IM", "value", "\t4.12\t", "\t5.0000\t", "5.0000"),
        ("IM", "value", "\t4.12\t", "\t1\t", "1.0000"),
        ("IM", "n", "\t8\t", "\t0\t", 0),
        ("IM", "n", "\t8\t", "\tn/a\t", None),
        ("IM", "n", "\t8\t", "\t999999999\t", 999_999_999),
        ("IM", "standard_error", "\t0.1250\t", "\tn/a\t", None),
        ("IM", "standard_error", "\t0.1250\t", "\t0\t", "0.0000"),
        ("IM", "lower_ci", "\t3.8800\t", "\t4.3700\t", "4.3700"),
        ("IM", "lower_ci", "\t3.8800\t", "\t\t", None),
        ("IM", "upper_ci", "\t4.3700\t", "\tn/a\t", None),
        ("IM", "recommend_suppress", "\tN\tn/a\t", "\tY\tn/a\t", True),
        ("IM", "not_relevant", "\tN\tn/a\t", "\tN\tY\t", True),
        ("IM", "not_relevant", "\tN\tn/a\t", "\tN\t\t", None),
        ("IM", "date_updated", "08/2023", "12/1999", "1999-12-01"),
        ("IM", "date_updated", "08/2023", "n/a", None),
        ("IM", "domain_source", "Analyst", "Occupational Expert", "Occupational Expert"),
        ("IM", "domain_source", "Analyst", "n/a", None),
    ],
)
def test_what_a_row_says_at_its_limits_is_taken(made_up_release, scale, field, old, new, expected):
    change(made_up_release / NAME, old, new)

    found = getattr(figures_of(made_up_release, scale), field)
    assert (expected is None, str(expected)) == (found is None, str(found))


@pytest.mark.parametrize("missing", ["IM", "LV"])
def test_an_element_rated_on_one_scale_only_is_refused_by_the_line_that_it_has(
    made_up_release, missing
):
    drop_lines(made_up_release / NAME, f"11-9001.00\t2.A.1.a\tListening to Wind\t{missing}")

    error = refused(made_up_release)
    assert f"{NAME}, line 2: 11-9001.00 has no {missing} rating of 2.A.1.a" == str(error)
    assert 1 == error.rejected


@pytest.mark.parametrize("line", [LEVEL, LEVEL.replace("\t0.00\t", "\t1.00\t")])
def test_a_rating_twice_is_refused_whether_equal_or_not(made_up_release, line):
    add_lines(made_up_release / NAME, line)

    expected = f"{NAME}, line {RATING_ROWS + 2}: a second LV rating of 2.A.1.a for 11-9001.00"
    assert expected == str(refused(made_up_release))


def test_a_rating_in_both_files_of_the_split_layout_is_refused(tmp_path):
    folder = write_release(tmp_path / "db_30_3_text", split=True)
    add_lines(folder / "Transferable Skills.txt", LEVEL)

    told = str(refused(folder).problems[0])
    assert told.startswith("Transferable Skills.txt, line ")
    assert told.endswith("a second LV rating of 2.A.1.a for 11-9001.00")


def test_a_pair_may_not_span_the_files_of_the_split_layout(tmp_path):
    folder = write_release(tmp_path / "db_30_3_text", split=True)
    drop_lines(folder / "Essential Skills.txt", LEVEL)
    add_lines(folder / "Transferable Skills.txt", LEVEL)

    assert "11-9001.00 has no LV rating of 2.A.1.a" in str(refused(folder))


def test_an_element_under_two_names_is_refused_with_both(made_up_release):
    row = "15-9002.00\t2.A.1.a\tListening to Wind"
    line = change(made_up_release / NAME, row, row.replace("Listening to", "Hearing"))

    problem = refused(made_up_release).problems[0]
    assert line == problem.line
    assert "'Hearing Wind'" in problem.reason
    assert "'Listening to Wind'" in problem.reason


@pytest.mark.parametrize("scale", ["LV", "IM"])
def test_a_scale_that_the_release_does_not_define_is_refused(made_up_release, scale):
    drop_lines(made_up_release / SCALE_FILE, scale)

    error = refused(made_up_release)
    assert f"Scales Reference.txt: does not hold the scale {scale}" == str(error)


@pytest.mark.parametrize(("bad", "listed"), [(1, 1), (2, 2), (20, 20), (24, 20)])
def test_up_to_20_problems_are_listed_in_order_and_all_are_counted(made_up_release, bad, listed):
    file = made_up_release / NAME
    header, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    spoilt = [line.replace("Analyst", "x" * 31) for line in lines[:bad]]
    file.write_text("".join([header, *spoilt, *lines[bad:]]), encoding="utf-8")

    error = refused(made_up_release)
    assert bad == error.rejected
    assert list(range(2, listed + 2)) == [problem.line for problem in error.problems]


def test_problems_of_both_files_are_listed(tmp_path):
    folder = write_release(tmp_path / "db_30_3_text", split=True)
    for name in ("Essential Skills.txt", "Transferable Skills.txt"):
        change(folder / name, "Analyst", "Analyst\t")
        change(folder / name, "Analyst\n", "Analyst\t\n")

    error = refused(folder)
    expected = [
        (f"{kind} Skills.txt", at) for kind in ("Essential", "Transferable") for at in (2, 3)
    ]
    assert expected == [(problem.file, problem.line) for problem in error.problems]
    assert 4 == error.rejected


def test_a_reason_stays_short_however_long_the_field_is(made_up_release):
    change(made_up_release / NAME, "\t4.12\t", f"\t{'9' * 100_000}\t")

    assert len(str(refused(made_up_release))) < 10_000
