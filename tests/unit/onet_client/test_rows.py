import datetime
from decimal import Decimal

import pytest
from marshmallow import ValidationError
from support.fake_upstream import rating_row

from onet_client.rows import EnvelopeSchema, OccupationReportSchema, RatingRow, RatingSchema

ROW = rating_row("15-1254.00", "2.B.3.e", "LV")


def test_a_rating_row_becomes_a_rating_of_exact_figures():
    expected = RatingRow(
        occupation_code="15-1254.00",
        element_id="2.B.3.e",
        element_name="Reading Comprehension",
        scale_id="LV",
        value=Decimal("4.6200"),
        n=8,
        standard_error=Decimal("0.1830"),
        lower_ci=Decimal("4.2664"),
        upper_ci=Decimal("4.9836"),
        recommend_suppress=False,
        not_relevant=False,
        date_updated=datetime.date(2023, 8, 1),
        domain_source="Analyst",
    )
    figures = {
        "data_value": Decimal("4.62"),
        "standard_error": Decimal("0.183"),
        "lower_ci_bound": Decimal("4.2664"),
        "upper_ci_bound": Decimal("4.9836"),
    }
    assert expected == RatingRow(**RatingSchema().load(ROW | figures))


def loaded(**changes):
    return RatingSchema().load(rating_row("15-1254.00", "2.B.3.e", "LV", **FIGURES | changes))


FIGURES = {
    "data_value": 5,
    "standard_error": 0,
    "lower_ci_bound": Decimal("4.5"),
    "upper_ci_bound": Decimal("5.5"),
}


@pytest.mark.parametrize(
    ("sent", "figure"),
    [
        (0, "0.0000"),
        (7, "7.0000"),
        (Decimal("4.12"), "4.1200"),
        (Decimal("4.1200"), "4.1200"),
        (Decimal("4.12000000000"), "4.1200"),
        (Decimal("412e-2"), "4.1200"),
        (Decimal("-0.0"), "0.0000"),
        (Decimal("0e99999999"), "0.0000"),
        (Decimal("0e-99999999"), "0.0000"),
        ("4.12", "4.1200"),
        ("7", "7.0000"),
        ("0007", "7.0000"),
    ],
)
def test_a_figure_keeps_its_value_and_shows_four_decimals(sent, figure):
    assert figure == str(loaded(data_value=sent, lower_ci_bound=None)["value"])


NO_FIGURES = [
    True,
    False,
    4.12,  # a float would have lost digits before anybody could look
    "",
    " 4",
    "4 ",
    "4.",
    ".4",
    "4,12",
    "1e1",
    "+4",
    "--4",
    "\uff14",
    "\u0664",
    "NaN",
    "Infinity",
    "4\n",
    "0x4",
    "n/a",
    "4" * 5000,
    [],
    [4],
    {},
    Decimal("Infinity"),
    Decimal("4.12345"),
    Decimal("4.00000000000000000000000000000000000000000000001"),
    Decimal("1e-99999999"),
    Decimal("1e99999999"),
    Decimal("-1e99999999"),
    "4.12345",
    10**4000,
]


@pytest.mark.parametrize("sent", NO_FIGURES, ids=lambda sent: repr(sent)[:20])
@pytest.mark.parametrize(
    "column", ["data_value", "standard_error", "lower_ci_bound", "upper_ci_bound", "n"]
)
def test_what_is_no_exact_figure_is_refused_by_the_name_of_its_column(column, sent):
    with pytest.raises(ValidationError) as raised:
        loaded(**{column: sent})

    assert [column] == list(raised.value.messages)


def test_a_bool_is_no_number_even_after_the_number_it_equals():
    loaded(n=1, data_value=1, lower_ci_bound=None, upper_ci_bound=None)

    with pytest.raises(ValidationError):
        loaded(n=True)
    with pytest.raises(ValidationError):
        loaded(data_value=True)


@pytest.mark.parametrize(("sent", "count"), [(0, 0), (28, 28), ("28", 28), (Decimal("28.0"), 28)])
def test_a_count_is_a_whole_number(sent, count):
    assert count == loaded(n=sent)["n"]


@pytest.mark.parametrize("sent", [-1, Decimal("27.5"), "-1"])
def test_a_count_is_neither_negative_nor_broken(sent):
    with pytest.raises(ValidationError, match="not a count"):
        loaded(n=sent)


@pytest.mark.parametrize(
    ("scale", "column", "value", "fits"),
    [
        ("LV", "data_value", "-0.0001", False),
        ("LV", "data_value", "0", True),
        ("LV", "data_value", "7", True),
        ("LV", "data_value", "7.0001", False),
        ("IM", "data_value", "0.9999", False),
        ("IM", "data_value", "1", True),
        ("IM", "data_value", "5", True),
        ("IM", "data_value", "5.0001", False),
        ("LV", "lower_ci_bound", "-0.0001", False),
        ("LV", "lower_ci_bound", "0", True),
        ("LV", "upper_ci_bound", "7", True),
        ("LV", "upper_ci_bound", "7.0001", False),
        ("IM", "lower_ci_bound", "0.9999", False),
        ("IM", "lower_ci_bound", "1", True),
        ("IM", "upper_ci_bound", "5", True),
        ("IM", "upper_ci_bound", "5.0001", False),
        ("IM", "standard_error", "-0.0001", False),
        ("IM", "standard_error", "0", True),
        ("IM", "lower_ci_bound", "4.6", False),  # above the upper bound
        ("IM", "lower_ci_bound", "4.5", True),
    ],
)
def test_figures_stay_on_their_scale(scale, column, value, fits):
    good = {"data_value": 3, "upper_ci_bound": Decimal("4.5"), "lower_ci_bound": 2}
    row = rating_row("15-1254.00", "2.B.3.e", scale, **FIGURES | good | {column: Decimal(value)})

    if fits:
        assert RatingSchema().load(row)["scale_id"] == scale
    else:
        with pytest.raises(ValidationError) as raised:
            RatingSchema().load(row)
        assert [column] == list(raised.value.messages)


COLUMNS = (
    "onetsoc_code",
    "element_id",
    "element_name",
    "scale_id",
    "data_value",
    "n",
    "standard_error",
    "lower_ci_bound",
    "upper_ci_bound",
    "recommend_suppress",
    "not_relevant",
    "date_updated",
    "domain_source",
)
REQUIRED = COLUMNS[:5]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_is_missing_is_named(column):
    row = ROW | FIGURES
    del row[column]

    with pytest.raises(ValidationError) as raised:
        RatingSchema().load(row)

    assert [column] == list(raised.value.messages)


@pytest.mark.parametrize("column", REQUIRED)
def test_a_column_that_may_not_be_null_is_named(column):
    with pytest.raises(ValidationError) as raised:
        loaded(**{column: None})

    assert [column] == list(raised.value.messages)


@pytest.mark.parametrize("column", COLUMNS[5:])
def test_a_column_that_may_be_unknown_may_be_null(column):
    name = {"lower_ci_bound": "lower_ci", "upper_ci_bound": "upper_ci"}.get(column, column)

    assert loaded(**{column: None})[name] is None


@pytest.mark.parametrize(
    ("column", "longest"),
    [("element_name", 150), ("domain_source", 30)],
)
def test_text_is_bounded(column, longest):
    assert "é" * longest == loaded(**{column: "é" * longest})[column]
    for wrong in ("é" * (longest + 1), "", " ", "a\n", "\x00", "a\x85", "\ud800", 7, [], {}, True):
        with pytest.raises(ValidationError) as raised:
            loaded(**{column: wrong})
        assert [column] == list(raised.value.messages)


@pytest.mark.parametrize(
    "code",
    [
        "15-1254",
        "15-1254.0",
        "15-1254.00 ",
        "15-1254.00\n",
        " 15-1254.00",
        "\uff11\uff15-1254.00",
        15,
        [],
    ],
)
def test_a_code_is_a_whole_one_in_ascii_digits(code):
    for schema, column in ((RatingSchema(), "onetsoc_code"), (OccupationReportSchema(), "code")):
        good = ROW | FIGURES | {"title": "A title", "description": None}
        with pytest.raises(ValidationError) as raised:
            schema.load(good | {"code": code, "onetsoc_code": code})
        assert [column] == list(raised.value.messages)


@pytest.mark.parametrize("scale", ["lv", "IM ", "EX", "", 7, [], True])
def test_a_scale_is_level_or_importance(scale):
    with pytest.raises(ValidationError, match="not one of LV, IM"):
        loaded(scale_id=scale)


@pytest.mark.parametrize("column", ["recommend_suppress", "not_relevant"])
def test_a_flag_is_y_or_n(column):
    assert loaded(**{column: "Y"})[column] is True
    assert loaded(**{column: "N"})[column] is False
    for wrong in ("y", "", "yes", "n/a", True, 1, []):
        with pytest.raises(ValidationError, match="not one of Y, N"):
            loaded(**{column: wrong})


def test_a_date_is_taken_to_its_month():
    assert datetime.date(2023, 8, 1) == loaded(date_updated="2023-08-31")["date_updated"]


@pytest.mark.parametrize(
    "date",
    [
        "2023-08",
        "08/2023",
        "20230801",
        "2023-13-01",
        "2023-02-30",
        "2023-08-01 ",
        "",
        2023,
        "0000-01-01",
    ],
)
def test_what_is_no_date_is_refused(date):
    with pytest.raises(ValidationError) as raised:
        loaded(date_updated=date)

    assert ["date_updated"] == list(raised.value.messages)


def test_the_prose_of_a_description_may_have_lines_and_no_other_controls():
    good = {"code": "15-1254.00", "title": "A title"}

    found = OccupationReportSchema().load(good | {"description": "One.\r\n\tTwo."})
    assert "One.\r\n\tTwo." == found["description"]
    for wrong in ("\x0b", "a\x00", "\udfff", "", "a" * 5001):
        with pytest.raises(ValidationError):
            OccupationReportSchema().load(good | {"description": wrong})


@pytest.mark.parametrize("wrong", [None, -1, "", "many", Decimal("1.5"), True, []])
@pytest.mark.parametrize("field", ["start", "end", "total"])
def test_the_places_of_a_page_are_counts(field, wrong):
    with pytest.raises(ValidationError) as raised:
        EnvelopeSchema().load({"start": 1, "end": 1, "total": 1} | {field: wrong})

    assert [field] == list(raised.value.messages)


@pytest.mark.parametrize(
    "element", ["2.A.1.a ", " 2.A.1.a", "2", "", "skill", "2.A.1.a\n", "2.A." + "1." * 9]
)
def test_an_element_id_has_the_form_of_the_content_model(element):
    with pytest.raises(ValidationError, match="not an element id"):
        RatingSchema().load(ROW | {"element_id": element})
