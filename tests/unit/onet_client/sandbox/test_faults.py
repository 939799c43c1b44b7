import json
from collections.abc import Callable
from dataclasses import fields

import pytest

from onet_client.sandbox import MUTATIONS, Fault, FaultError, parse_faults
from onet_client.sandbox.faults import Script
from onet_client.sandbox.message import Item, ListPage, Request, SandboxReply

REQUEST = Request("GET", "/database/rows/skills?filter=onetsoc_code.eq.11-9001.00", {}, "http://h")
ROWS: list[Item] = [{"onetsoc_code": f"11-900{at}.00", "data_value": 4.12} for at in range(6)]


def link(start: int, end: int) -> str:
    return f"http://h/rows?start={start}&end={end}"


def page_reply(start: int, end: int) -> SandboxReply:
    return SandboxReply(
        200,
        ListPage(
            key="row",
            items=ROWS[start - 1 : end],
            start=start,
            end=end,
            total=len(ROWS),
            link=link,
            next=link(end + 1, 2 * end - start + 1) if end < len(ROWS) else None,
            prev=None,
            before=ROWS[start - 2] if start > 1 else None,
        ),
    )


FIRST, MIDDLE, LAST = page_reply(1, 2), page_reply(3, 4), page_reply(5, 6)
WHOLE, ABOUT = page_reply(1, 6), SandboxReply(200, {"database": {"name": "O*NET 28.1"}})
EMPTY = SandboxReply(200, ListPage("row", [], 1, 0, 0, link, None, None, None))


def struck(fault: Fault, *replies: SandboxReply, request: Request = REQUEST) -> list[bool]:
    script = Script([fault])
    return [script.strike(request, reply)[1] is not None for reply in replies]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("first", [True, False, False, True, False]),
        ("middle", [False, True, False, False, False]),
        ("last", [False, False, True, True, False]),
        ("start=3", [False, True, False, False, False]),
        (None, [True, True, True, True, True]),
    ],
)
def test_a_rule_strikes_the_page_it_names(page: str | None, expected: list[bool]) -> None:
    assert expected == struck(Fault(page=page, status=500), FIRST, MIDDLE, LAST, WHOLE, ABOUT)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", True),
        ("^/database", True),
        ("rows/skills$", True),
        (r"onetsoc_code\.eq\.11-9001", True),
        (r"^/database/rows/skills\?filter=onetsoc_code\.eq\.11-9001\.00$", True),
        ("^/about", False),
        ("rows/skill$", False),
    ],
)
def test_a_rule_strikes_the_paths_it_describes(path: str, expected: bool) -> None:
    assert [expected] == struck(Fault(path=path, status=500), FIRST)


def test_a_query_is_searched_decoded() -> None:
    request = Request("GET", "/rows?filter=element_name.contains.Knot%20Making", {}, "http://h")
    assert [True] == struck(Fault(path="Knot Making", status=500), FIRST, request=request)


@pytest.mark.parametrize(
    ("nth", "times", "expected"),
    [
        (1, None, [True] * 5),
        (1, 1, [True, False, False, False, False]),
        (3, 1, [False, False, True, False, False]),
        (2, 2, [False, True, True, False, False]),
        (4, None, [False, False, False, True, True]),
    ],
)
def test_a_rule_strikes_as_often_as_it_says(
    nth: int, times: int | None, expected: list[bool]
) -> None:
    assert expected == struck(Fault(nth=nth, times=times, status=500), *[FIRST] * 5)


def test_the_first_rule_that_is_due_strikes_and_every_rule_that_fits_counts() -> None:
    script = Script(
        [Fault(status=429, times=1), Fault(status=500, times=1), Fault(page="last", status=503)]
    )
    statuses = [script.strike(REQUEST, FIRST)[0].status for _ in range(3)]
    assert [429, 500, 200] == statuses
    counts = [(rule["fitted"], rule["struck"]) for rule in script.state()]
    assert [(3, 1), (3, 1), (0, 0)] == counts


def test_new_rules_begin_to_count_at_nought() -> None:
    fault = Fault(status=500, times=1)
    script = Script([fault])
    script.strike(REQUEST, FIRST)
    script.set([fault])
    assert 500 == script.strike(REQUEST, FIRST)[0].status
    script.set([])
    assert (FIRST, None) == script.strike(REQUEST, FIRST)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_leaves_the_right_reply_as_it_was(name: str) -> None:
    before = repr((MIDDLE, ABOUT))
    struck(Fault(mutate=name), MIDDLE, ABOUT)
    struck(Fault(mutate=name, field="database"), ABOUT)
    assert before == repr((MIDDLE, ABOUT))


@pytest.mark.parametrize(
    ("name", "unfit"),
    [
        ("duplicate_row", [ABOUT, EMPTY, page_reply(6, 6)]),
        ("short_page", [ABOUT, EMPTY]),
        ("overlap", [ABOUT, EMPTY, FIRST]),
        ("wrong_total", [ABOUT, EMPTY]),
        ("empty", [ABOUT, EMPTY]),
        ("stuck_next", [ABOUT, EMPTY]),
        ("early_next", [ABOUT, EMPTY, LAST]),
        ("foreign_next", [ABOUT, EMPTY, LAST]),
        ("wrong_code", [ABOUT, EMPTY]),
        ("missing_field", [ABOUT, EMPTY]),
        ("null_field", [ABOUT, EMPTY, SandboxReply(200, [])]),
        ("number_as_string", [ABOUT, EMPTY]),
        ("out_of_range", [ABOUT, EMPTY]),
    ],
)
def test_a_mutation_that_does_not_fit_waits_for_a_reply_that_it_fits(
    name: str, unfit: list[SandboxReply]
) -> None:
    fault = Fault(mutate=name, times=1)
    assert [*[False] * len(unfit), True, False] == struck(fault, *unfit, MIDDLE, MIDDLE)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_an_error_is_not_made_worse(name: str) -> None:
    assert [False] == struck(Fault(mutate=name), SandboxReply(422, {"error": "No such table."}))


def test_a_field_of_the_last_table_listed_can_be_spoilt() -> None:
    tables = SandboxReply(200, [{"table_id": "skills"}, {"table_id": "knowledge"}])
    reply, _ = Script([Fault(mutate="null_field", field="table_id")]).strike(REQUEST, tables)
    assert [{"table_id": "skills"}, {"table_id": None}] == reply.payload


def test_the_only_field_of_an_object_can_be_missing() -> None:
    reply, _ = Script([Fault(mutate="missing_field", field="database")]).strike(REQUEST, ABOUT)
    assert {} == reply.payload


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fault(path="("),
        lambda: Fault(page="second"),
        lambda: Fault(page="start=0"),
        lambda: Fault(nth=0),
        lambda: Fault(times=0),
        lambda: Fault(status=199),
        lambda: Fault(status=600),
        lambda: Fault(mutate="sorted"),
        lambda: Fault(delay=-0.1),
        lambda: Fault(drip=-1),
        lambda: Fault(close="after"),  # type: ignore[arg-type]
        lambda: Fault(headers={"Retry-After": "7\r\nX: y"}),
        lambda: Fault(headers={"Retry After": "7"}),
        lambda: Fault(headers={"Retry-After": 7}),  # type: ignore[dict-item]
    ],
)
def test_a_rule_that_is_not_possible_is_refused(make: Callable[[], Fault]) -> None:
    with pytest.raises(FaultError):
        make()


def test_every_attribute_of_a_rule_can_be_written_in_json() -> None:
    rule = {
        "path": "rows",
        "page": "last",
        "nth": 2,
        "times": 3,
        "status": 429,
        "body": {"error": "Too fast."},
        "headers": {"Retry-After": "7"},
        "mutate": "null_field",
        "field": "n",
        "delay": 1,
        "drip": 0.5,
        "close": "mid",
    }
    assert {field.name for field in fields(Fault)} == set(rule)
    [fault] = parse_faults(json.dumps([rule]))
    assert rule == {name: getattr(fault, name) for name in rule}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "not JSON"),
        ("{}", "not an array"),
        ("[[]]", "Rule 1 is not an object"),
        ('[{}, {"wait": 1}]', "Rule 2: there is no 'wait'"),
        ('[{"nth": "1"}]', "Rule 1: nth: '1' is not possible"),
        ('[{"nth": true}]', "Rule 1: nth: True is not possible"),
        ('[{"headers": {"Retry-After": 7}}]', "Rule 1: headers"),
        ('[{"page": "second"}]', "Rule 1: page: 'second' is not possible"),
    ],
)
def test_rules_that_are_not_rules_are_refused(text: str, message: str) -> None:
    with pytest.raises(FaultError, match=message):
        parse_faults(text)
