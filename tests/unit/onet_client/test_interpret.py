import copy
import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fake_upstream import BASES, SAMPLES, sample

from onet_client import interpret
from onet_client.errors import BadReply
from onet_client.reply import Reply
from onet_client.rows import OccupationRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=utf-8"}
CODE = "11-1011.00"


def reply(document):
    return Reply(200, JSON, json.dumps(document).encode(), NOW)


def file(name, api="2"):
    return Reply(200, JSON, (SAMPLES / api / name).read_bytes(), NOW)


def bad(match):
    return pytest.raises(BadReply, match=match)


@pytest.mark.parametrize("api", ["2", "1.9"])
class TestASample:
    def test_of_rows_is_a_page_of_ratings(self, api):
        page = interpret.ratings(file("rows.json", api), api, CODE)

        assert (1, 8, 8, None) == (page.start, page.end, page.total, page.next_url)
        assert [row["data_value"] for row in sample("rows.json", api)["row"]] == [
            float(rating.value) for rating in page.rows
        ]
        assert Decimal("0.1250") == page.rows[0].standard_error
        assert {CODE} == {rating.occupation_code for rating in page.rows}

    def test_of_no_rows_is_an_empty_page(self, api):
        page = interpret.ratings(file("rows_empty.json", api), api, CODE)

        assert ((), 1, 0, 0) == (page.rows, page.start, page.end, page.total)

    def test_of_the_occupation_list_is_a_page_of_titles(self, api):
        page = interpret.occupations(file("occupations.json", api), api)

        assert OccupationRow("15-1254.00", "Web Developers", None) == page.rows[2]
        assert 3 == page.total

    def test_of_an_occupation_is_its_title_and_description(self, api):
        found = interpret.occupation(file("occupation.json", api), "15-1254.00")

        assert "Web Developers" == found.title
        assert found.description.startswith("Make websites.\n")

    def test_of_the_taxonomy_is_what_stands_for_the_code(self, api):
        found = interpret.successors(file("taxonomy.json", api), "15-1132.00")

        assert (OccupationRow("15-1252.00", "Software Developers", None),) == found

    def test_of_the_tables_is_their_ids(self, api):
        found = interpret.tables(file("database.json", api), api)

        assert "knowledge" in found
        assert (4 if api == "2" else 3) == len(found)

    def test_about_itself_is_its_release(self, api):
        assert {"2": "30.3", "1.9": "29.0"}[api] == interpret.release(file("about.json", api))

    def test_of_an_error_under_200_is_a_bad_reply(self, api):
        for read in readers(api):
            with bad("an error in place of data"):
                read(file("unprocessable.json", api))


def readers(api):
    return (
        interpret.release,
        lambda reply: interpret.occupation(reply, CODE),
        lambda reply: interpret.occupations(reply, api),
        lambda reply: interpret.successors(reply, CODE),
        lambda reply: interpret.ratings(reply, api, CODE),
        lambda reply: interpret.ratings(reply, api),
    )


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("O*NET 30.3", "30.3"),
        ("O*NET 29.0 Database", "29.0"),
        ("O*NET® Database, release 100.12.", "100.12"),
        ("30.3", "30.3"),
    ],
)
def test_the_release_is_found_in_any_wording(name, release):
    assert release == interpret.release(reply({"database": {"name": name}}))


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"database": None},
        {"database": "O*NET 30.3"},
        {"database": {}},
        {"database": {"name": None}},
        {"database": {"name": 30.3}},
        {"database": {"name": "O*NET"}},
        {"database": {"name": "O*NET 30"}},
        {"database": {"name": "O*NET 1.2.3"}},
        {"database": {"name": "O*NET \u0663\u0660.\u0663"}},
        {"database": {"name": "O*NET 30.345"}},
    ],
)
def test_an_upstream_that_names_no_release_is_a_bad_reply(about):
    with bad("names no release"):
        interpret.release(reply(about))


def test_a_code_may_have_no_successor_or_several():
    def successors(*codes):
        items = [{"code": code, "title": "A title"} for code in codes]
        return interpret.successors(reply({"code": CODE, "occupation": items}), CODE)

    assert () == successors()
    several = ("15-1252.00", "15-1253.00")
    assert several == tuple(one.code for one in successors(*several))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"code": "11-1021.00", "occupation": []}, "another code"),
        ({"occupation": []}, "another code"),
        ({"code": CODE}, "no list"),
        ({"code": CODE, "occupation": {}}, "no list"),
        ({"code": CODE, "occupation": [{"code": "15-1252", "title": "A title"}]}, "item 1, code"),
        ({"code": CODE, "occupation": [{"code": CODE}]}, "item 1, title"),
        ({"code": CODE, "occupation": [{"code": CODE, "title": "A title"}] * 2}, "twice"),
        ([], "not a JSON object"),
    ],
)
def test_successors_that_cannot_be_trusted_are_a_bad_reply(document, message):
    with bad(message):
        interpret.successors(reply(document), CODE)


def test_a_list_of_tables_may_be_wrapped_only_in_1_9():
    wrapped = reply({"table": [{"table_id": "skills"}]})

    assert ("skills",) == interpret.tables(wrapped, "1.9")
    with bad("no list"):
        interpret.tables(wrapped, "2")


def test_an_error_in_place_of_the_tables_is_a_bad_reply():
    with bad("an error in place of data"):
        interpret.tables(reply({"error": "no"}), "1.9")
    with bad("no list"):
        interpret.tables(reply({"error": "no"}), "2")


def test_a_table_that_is_listed_twice_is_a_bad_reply():
    with bad("twice"):
        interpret.tables(reply([{"table_id": "skills"}, {"table_id": "skills"}]), "2")


@pytest.mark.parametrize("document", [[], None, 7, "text", True])
def test_anything_where_an_object_is_due_is_a_bad_reply(document):
    for read in readers("2"):
        with bad("not a JSON object"):
            read(reply(document))


@pytest.mark.parametrize("rows", [None, {}, "row", 7])
def test_anything_where_a_list_is_due_is_a_bad_reply(rows):
    envelope = {"start": 1, "end": 1, "total": 1, "row": rows, "occupation": rows}
    with bad("no list"):
        interpret.ratings(reply(envelope), "2")
    with bad("no list"):
        interpret.occupations(reply(envelope), "2")


def test_an_item_that_is_no_object_is_named():
    with bad("^item 2, _schema: Invalid input type"):
        interpret.tables(reply([{"table_id": "skills"}, 7]), "2")


def test_the_first_of_several_faults_is_named():
    document = sample("rows.json")
    document["row"][5]["n"] = document["row"][3]["scale_id"] = document["row"][3]["n"] = -1

    with bad("^item 4, scale_id: not one of LV, IM$"):
        interpret.ratings(reply(document), "2")


def test_another_occupation_than_the_one_asked_for_is_a_bad_reply():
    with bad("another occupation"):
        interpret.occupation(file("occupation.json"), CODE)
    with bad("another occupation"):
        interpret.ratings(file("rows.json"), "2", "15-1254.00")


def test_a_row_that_comes_twice_is_a_bad_reply():
    rows, occupations = sample("rows.json"), sample("occupations.json")
    rows["row"][1] = dict(rows["row"][0], data_value=1.0)
    occupations["occupation"][1] = dict(occupations["occupation"][0], title="Another title")

    with bad("twice"):
        interpret.ratings(reply(rows), "2")
    with bad("twice"):
        interpret.occupations(reply(occupations), "2")


def test_more_items_than_a_page_can_have_are_not_even_looked_at():
    with bad("more than 2000 items"):
        interpret.tables(reply([None] * 2001), "2")
    with bad("^item 1, _schema"):
        interpret.tables(reply([None] * 2000), "2")


NEXT = BASES["2"] + "database/rows/skills?start=9&end=2000"


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        ({"start": 0, "end": 7}, "start to end"),
        ({"start": 2}, "start to end"),
        ({"end": 7}, "start to end"),
        ({"end": 9}, "start to end"),
        ({"start": 9, "end": 8}, "start to end"),
        ({"total": 7}, "contradict"),
        ({"total": 9}, "next page"),
        ({"total": 0}, "contradict"),
        ({"next": NEXT}, "next page"),
        ({"total": 9, "next": 7}, "unclear"),
        ({"total": 9, "next": [NEXT]}, "unclear"),
        ({"start": None}, "^item 1, start"),
        ({"total": -1}, "^item 1, total: not a count"),
        ({"row": []}, "start to end"),
        ({"row": [], "end": 0}, "contradict"),
        ({"row": [], "start": 9}, "contradict"),
        ({"row": [], "start": 0, "end": -1, "total": 0}, "^item 1, end"),
        ({"row": [], "start": 9, "total": 0}, "contradict"),
    ],
)
def test_an_envelope_that_contradicts_itself_is_a_bad_reply(envelope, message):
    with bad(message):
        interpret.ratings(reply(sample("rows.json") | envelope), "2")


@pytest.mark.parametrize("links", [None, [], [{"rel": "prev", "href": NEXT}], [{}]])
def test_the_last_page_of_1_9_has_no_next_link(links):
    page = interpret.ratings(reply(sample("rows.json", "1.9") | {"link": links}), "1.9")

    assert page.next_url is None


@pytest.mark.parametrize(
    ("links", "next_url"),
    [
        ([{"rel": "prev", "href": "/a"}, {"rel": "next", "href": NEXT}], NEXT),
        ([{"rel": "next"}], ""),
    ],
)
def test_the_next_page_of_1_9_is_the_link_called_so(links, next_url):
    document = sample("rows.json", "1.9") | {"total": 9, "link": links}

    assert next_url == interpret.ratings(reply(document), "1.9").next_url


@pytest.mark.parametrize(
    "links",
    [
        {"rel": "next", "href": NEXT},
        "next",
        [NEXT],
        [{"rel": "next", "href": 7}],
        [{"rel": "next", "href": NEXT}, {"rel": "next", "href": NEXT}],
    ],
)
def test_links_of_another_shape_are_a_bad_reply(links):
    with bad("link|unclear"):
        interpret.ratings(reply(sample("rows.json", "1.9") | {"total": 9, "link": links}), "1.9")


@pytest.mark.parametrize(
    ("pairs", "accepted"),
    [
        ([], True),
        ([("a", "IM"), ("a", "LV"), ("b", "LV"), ("b", "IM")], True),
        ([("a", "IM")], False),
        ([("a", "LV")], False),
        ([("a", "IM"), ("b", "LV")], False),
        ([("a", "IM"), ("a", "LV"), ("a", "LV")], False),
    ],
)
def test_an_element_is_rated_once_on_each_scale(pairs, accepted):
    if accepted:
        assert interpret.check_pairs(pairs) is None
    else:
        with bad("both scales|twice"):
            interpret.check_pairs(pairs)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["LV", "IM", "Y", "N", CODE, "2023-08-01", "4.12", NEXT, 10**400, 1e308]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "content-type"]) | st.text(),
    st.sampled_from(["application/json", "text/html"]) | st.text(),
)
APIS = st.sampled_from(["2", "1.9"])


def spoiled(draw, document):
    """The document with one value, somewhere in it, replaced or removed."""
    document = copy.deepcopy(document)
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        if draw(st.booleans()):
            place[key] = draw(JUNK)
        else:
            del place[key]
        return document


SAMPLE_FILES = ("about.json", "database.json", "occupation.json", "occupations.json", "rows.json")


@st.composite
def near_misses(draw):
    document = sample(draw(st.sampled_from(SAMPLE_FILES)), draw(APIS))
    return json.dumps(spoiled(draw, document)).encode()


BODIES = st.binary() | JUNK.map(lambda junk: json.dumps(junk).encode()) | near_misses()


@settings(max_examples=150, deadline=None)
@given(HEADERS | st.just(JSON), BODIES, APIS)
def test_whatever_arrives_is_rows_or_a_bad_reply(headers, body, api):
    arrived = Reply(200, headers, body, NOW)

    for read in (*readers(api), lambda reply: interpret.tables(reply, api)):
        with suppress(BadReply):
            assert isinstance(read(arrived), str | tuple | OccupationRow | interpret.Page)


@settings(max_examples=150, deadline=None)
@given(near_misses(), APIS)
def test_a_spoiled_page_of_ratings_is_never_a_page_of_wrong_ones(body, api):
    try:
        page = interpret.ratings(Reply(200, JSON, body, NOW), api, CODE)
    except BadReply:
        return

    assert len(page.rows) == page.end - page.start + 1 <= page.total
    for rating in page.rows:
        low, high = {"LV": (0, 7), "IM": (1, 5)}[rating.scale_id]
        assert CODE == rating.occupation_code
        assert low <= rating.value <= high
        assert -4 == rating.value.as_tuple().exponent
