import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from support.made_up_release import RATED, RATING_ROWS, write_release

from onet_client.sandbox import MUTATIONS, Fault, Sandbox, load_release

ROWS = "database/rows/skills"
SIZE = RATING_ROWS // 3
STARTS = {"first": 1, "middle": 1 + SIZE, "last": 1 + 2 * SIZE}
PAGES = list(STARTS)

Ask = Callable[[str], requests.Response]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = write_release(tmp_path_factory.mktemp("release") / "db_28_1_text")
    with Sandbox(load_release(folder)) as running:
        yield running


@pytest.fixture(autouse=True)
def _right_again(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.set_faults()
    sandbox.clear_requests()


@pytest.fixture
def ask(sandbox: Sandbox, session: requests.Session) -> Ask:
    """Ask for one of three pages of the table."""

    def ask(page: str) -> requests.Response:
        window = {"start": STARTS[page], "end": STARTS[page] + SIZE - 1}
        return session.get(sandbox.url + ROWS, params=window, timeout=10, allow_redirects=False)

    return ask


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_spoils_the_page_it_is_for_and_no_other(
    sandbox: Sandbox, ask: Ask, page: str, name: str
) -> None:
    right = {each: ask(each) for each in PAGES}
    sandbox.set_faults(Fault(mutate=name, page=page))
    unfit = {("overlap", "first"), ("early_next", "last"), ("foreign_next", "last")}
    for each in PAGES:
        spoilt = ask(each)
        differs = (spoilt.status_code, spoilt.headers["Content-Type"], spoilt.content) != (
            right[each].status_code,
            right[each].headers["Content-Type"],
            right[each].content,
        )
        assert (each == page and (name, page) not in unfit) == differs


def test_html_and_errors_come_under_status_200(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(mutate="html"))
    answer = ask("first")
    assert (200, "text/html; charset=utf-8") == (
        answer.status_code,
        answer.headers["Content-Type"],
    )
    sandbox.set_faults(Fault(mutate="error"))
    assert (200, ["error"]) == (ask("first").status_code, list(ask("first").json()))


def test_truncated_json_looks_whole_to_http(sandbox: Sandbox, ask: Ask) -> None:
    whole = ask("first").content
    sandbox.set_faults(Fault(mutate="truncated"))
    answer = ask("first")
    assert (200, whole[: len(whole) // 2]) == (answer.status_code, answer.content)
    assert str(len(answer.content)) == answer.headers["Content-Length"]
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_an_array_comes_for_an_object_and_the_reverse(
    sandbox: Sandbox, ask: Ask, session: requests.Session
) -> None:
    rows = ask("first").json()["row"]
    about, tables = (session.get(sandbox.url + path).json() for path in ("about", "database"))
    sandbox.set_faults(Fault(mutate="wrong_root"))
    assert rows == ask("first").json()
    assert [about] == session.get(f"{sandbox.url}about").json()
    assert {"table": tables} == session.get(f"{sandbox.url}database").json()


def test_json_comes_as_plain_text(sandbox: Sandbox, ask: Ask) -> None:
    right = ask("first").content
    sandbox.set_faults(Fault(mutate="wrong_content_type"))
    answer = ask("first")
    assert ("text/plain", right) == (answer.headers["Content-Type"], answer.content)


def test_an_oversize_body_is_right_in_all_but_its_size(sandbox: Sandbox, ask: Ask) -> None:
    right = ask("first").json()
    sandbox.set_faults(Fault(mutate="oversize", times=1))
    answer = ask("first")
    assert "Content-Length" not in answer.headers
    assert 20_000_000 < 20 * 1024 * 1024 < len(answer.content)
    assert right == answer.json()
    assert right == ask("first").json(), "the connection still serves"


def test_a_row_of_another_occupation(sandbox: Sandbox, ask: Ask, session: requests.Session) -> None:
    right = ask("last").json()["row"]
    sandbox.set_faults(Fault(mutate="wrong_code"))
    expected = [*right[:-1], right[-1] | {"onetsoc_code": "99-9999.99"}]
    assert expected == ask("last").json()["row"]
    answer = session.get(f"{sandbox.url}online/occupations/{RATED[0]}/")
    assert "99-9999.99" == answer.json()["code"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("duplicate_row", lambda page: page | {"row": [*page["row"][:-1], page["row"][0]]}),
        ("short_page", lambda page: page | {"row": page["row"][:-1]}),
        ("wrong_total", lambda page: page | {"total": RATING_ROWS + 1}),
        ("empty", lambda page: {"start": 1, "end": 0, "total": 0, "row": []}),
    ],
)
def test_a_page_is_spoilt_in_one_way_and_is_right_in_all_else(
    sandbox: Sandbox, ask: Ask, page: str, name: str, spoil: Callable[[Any], Any]
) -> None:
    right = ask(page).json()
    sandbox.set_faults(Fault(mutate=name))
    assert spoil(right) == ask(page).json()


def test_a_page_begins_with_the_end_of_the_one_before(sandbox: Sandbox, ask: Ask) -> None:
    before, right = ask("first").json(), ask("middle").json()
    sandbox.set_faults(Fault(mutate="overlap"))
    assert right | {"row": [before["row"][-1], *right["row"][:-1]]} == ask("middle").json()


def test_the_next_page_is_said_to_begin_too_early(
    sandbox: Sandbox, ask: Ask, session: requests.Session
) -> None:
    sandbox.set_faults(Fault(mutate="early_next"))
    page = ask("first").json()
    following = session.get(page["next"]).json()
    assert (page["end"], page["row"][-1]) == (following["start"], following["row"][0])


@pytest.mark.parametrize("page", PAGES)
def test_the_next_page_is_this_one(
    sandbox: Sandbox, ask: Ask, session: requests.Session, page: str
) -> None:
    sandbox.set_faults(Fault(mutate="stuck_next"))
    stuck = ask(page).json()
    assert stuck == session.get(stuck["next"]).json()


def test_the_next_page_is_on_another_host(sandbox: Sandbox, ask: Ask) -> None:
    right = ask("first").json()["next"]
    sandbox.set_faults(Fault(mutate="foreign_next"))
    assert right.replace(sandbox.url, "http://another-host.invalid/") == ask("first").json()["next"]


def test_a_redirect_leads_to_the_same_path_on_another_host(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(mutate="foreign_redirect"))
    answer = ask("first")
    assert (302, f"http://another-host.invalid/{ROWS}?start=1&end={SIZE}") == (
        answer.status_code,
        answer.headers["Location"],
    )


@pytest.mark.parametrize("field", ["data_value", "n", "element_name", "scale_id"])
def test_a_field_of_the_last_row_is_spoilt(sandbox: Sandbox, ask: Ask, field: str) -> None:
    right = ask("middle").json()["row"]
    expected = {"null_field": None, "number_as_string": str(right[-1][field]), "out_of_range": -1}
    for name, value in expected.items():
        sandbox.set_faults(Fault(mutate=name, field=field))
        assert [*right[:-1], right[-1] | {field: value}] == ask("middle").json()["row"]
    sandbox.set_faults(Fault(mutate="missing_field", field=field))
    rows = ask("middle").json()["row"]
    assert right[:-1] == rows[:-1]
    assert right[-1].keys() - {field} == rows[-1].keys()


@pytest.mark.parametrize("status", [403, 404, 429, 500, 502, 503, 504, 599])
def test_a_status_comes_with_a_page_in_html(sandbox: Sandbox, ask: Ask, status: int) -> None:
    sandbox.set_faults(Fault(status=status, headers={"Retry-After": "7"}, times=1))
    answer = ask("first")
    assert (status, "text/html; charset=utf-8", "7") == (
        answer.status_code,
        answer.headers["Content-Type"],
        answer.headers["Retry-After"],
    )
    assert str(status) in answer.text
    ask("first")
    assert [status, 200] == [record.status for record in sandbox.requests]


def test_a_body_comes_as_given(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(status=422, body={"error": "No data."}))
    assert (422, {"error": "No data."}) == (ask("first").status_code, ask("first").json())
    sandbox.set_faults(Fault(body="<p>Down for maintenance</p>"))
    assert (200, "<p>Down for maintenance</p>") == (ask("first").status_code, ask("first").text)


def test_a_header_replaces_the_right_one(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(headers={"Content-Type": "application/problem+json", "X-Y": "z"}))
    headers = ask("first").headers
    assert ("application/problem+json", "z") == (headers["Content-Type"], headers["X-Y"])


def test_a_delay_comes_before_the_first_byte(sandbox: Sandbox, session: requests.Session) -> None:
    sandbox.set_faults(Fault(delay=0.5))
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{sandbox.url}about", timeout=(5, 0.1))
    started = time.monotonic()
    assert 200 == session.get(f"{sandbox.url}about", timeout=5).status_code
    assert time.monotonic() - started >= 0.5


def test_bytes_that_drip_never_reach_the_read_time_out(
    sandbox: Sandbox, session: requests.Session
) -> None:
    right = session.get(f"{sandbox.url}about").content
    sandbox.set_faults(Fault(drip=0.005))
    started = time.monotonic()
    answer = session.get(f"{sandbox.url}about", timeout=(5, 0.3), stream=True)
    assert time.monotonic() - started < 0.3, "the headers do not drip"
    assert right == answer.content
    assert time.monotonic() - started >= 0.005 * len(right)


def test_a_connection_ends_before_the_reply(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(close="before"))
    with pytest.raises(requests.ConnectionError):
        ask("first")
    assert [None] == [record.status for record in sandbox.requests]


def test_a_connection_ends_amid_the_body(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(close="mid", times=1))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        ask("first")
    assert 200 == ask("first").status_code


def test_a_connection_ends_amid_an_oversize_body(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(close="mid", mutate="oversize"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask("first")


def test_an_oversize_body_can_drip(sandbox: Sandbox, session: requests.Session) -> None:
    sandbox.set_faults(Fault(drip=0.001, mutate="oversize"))
    with session.get(f"{sandbox.url}about", timeout=5, stream=True) as answer:
        started = time.monotonic()
        assert b" " * 16 == next(answer.iter_content(16))
        assert time.monotonic() - started >= 0.016


def test_what_is_wrong_can_be_combined(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(status=503, mutate="error", headers={"Retry-After": "1"}, delay=0.1))
    started = time.monotonic()
    answer = ask("first")
    assert time.monotonic() - started >= 0.1
    assert (503, ["error"], "1") == (
        answer.status_code,
        list(answer.json()),
        answer.headers["Retry-After"],
    )


def test_a_stop_ends_what_is_slow(tmp_path: Path, session: requests.Session) -> None:
    release = load_release(write_release(tmp_path / "release"))
    for fault in (Fault(delay=60), Fault(drip=60)):
        sandbox = Sandbox(release, faults=[fault], on_request=lambda _: None).start()
        with pytest.raises(requests.RequestException):
            session.get(f"{sandbox.url}about", timeout=(5, 0.1)).content  # noqa: B018
        started = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - started < 10


def test_faults_and_requests_are_reached_over_http(sandbox: Sandbox, ask: Ask) -> None:
    control = f"{sandbox.url}sandbox/"
    rules = [{"status": 429, "headers": {"Retry-After": "7"}, "times": 1}]
    state = requests.post(f"{control}faults", json=rules, timeout=5).json()
    assert [(429, 0, 0)] == [(rule["status"], rule["fitted"], rule["struck"]) for rule in state]
    assert [429, 200] == [ask("first").status_code, ask("first").status_code]
    state = requests.get(f"{control}faults", timeout=5).json()
    assert [(2, 1)] == [(rule["fitted"], rule["struck"]) for rule in state]
    assert state == sandbox.faults
    log = requests.get(f"{control}requests", timeout=5).json()
    expected = [("GET", f"/{ROWS}", f"start=1&end={SIZE}", status) for status in (429, 200)]
    assert expected == [(r["method"], r["path"], r["query"], r["status"]) for r in log["requests"]]
    assert 2 == log["count"]
    assert [] == requests.delete(f"{control}faults", timeout=5).json()
    empty = {"count": 0, "requests": []}
    assert empty == requests.delete(f"{control}requests", timeout=5).json()
    assert [] == sandbox.requests


def test_rules_that_are_not_possible_leave_those_in_force(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.set_faults(Fault(status=500))
    answer = requests.post(f"{sandbox.url}sandbox/faults", data='[{"nth": 0}]', timeout=5)
    assert (422, "Rule 1: nth: 0 is not possible.") == (
        answer.status_code,
        answer.json()["error"],
    )
    assert 500 == ask("first").status_code


@pytest.mark.parametrize(("method", "path"), [("GET", "nothing"), ("POST", "requests")])
def test_other_orders_are_unknown_and_not_logged(
    sandbox: Sandbox, session: requests.Session, method: str, path: str
) -> None:
    assert 404 == session.request(method, f"{sandbox.url}sandbox/{path}").status_code
    assert [] == sandbox.requests


def test_the_control_paths_of_api_1_9_are_at_the_root(tmp_path: Path) -> None:
    release = load_release(write_release(tmp_path / "release"))
    with Sandbox(release, "1.9", faults=[Fault(status=500)]) as sandbox:
        root = f"http://{urlsplit(sandbox.url).netloc}"
        answer = requests.get(f"{root}/sandbox/faults", timeout=5)
        assert [500] == [rule["status"] for rule in answer.json()]
