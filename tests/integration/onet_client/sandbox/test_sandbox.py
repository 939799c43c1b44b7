import http.client
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import requests
from support.crosswalk import FORMER, GONE, KITES, MOONS, SPLIT, TIDES, write_taxonomy
from support.made_up_release import RATED, RATING_ROWS, ROWS_PER_OCCUPATION, TITLES, write_release
from support.waiting import at_once

from onet_client.sandbox import (
    Fault,
    ReleaseError,
    ReleaseTables,
    Sandbox,
    load_release,
    load_taxonomy,
)

JSON = {"Accept": "application/json"}
Get = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release") / "db_28_1_text")


@pytest.fixture(scope="module")
def release(folder: Path) -> ReleaseTables:
    return load_release(folder)


@pytest.fixture
def sandbox(release: ReleaseTables) -> Iterator[Sandbox]:
    with Sandbox(release) as running:
        yield running


@pytest.fixture
def old_sandbox(release: ReleaseTables) -> Iterator[Sandbox]:
    with Sandbox(release, "1.9") as running:
        yield running


@pytest.fixture
def get(sandbox: Sandbox, session: requests.Session) -> Get:
    return lambda path, **query: session.get(sandbox.url + path, params=query)


@pytest.fixture
def get_old(old_sandbox: Sandbox, session: requests.Session) -> Get:
    return lambda path, **query: session.get(old_sandbox.url + path, params=query, headers=JSON)


def test_about_names_the_api_and_the_release(get: Get, get_old: Get) -> None:
    for answer, version in ((get("about"), "2.0"), (get_old("about"), "1.9")):
        assert version == answer.json()["api_version"]
        assert "O*NET 28.1" == answer.json()["database"]["name"]
        assert "application/json; charset=utf-8" == answer.headers["Content-Type"]


def test_the_tables_are_an_array_that_links_to_their_columns_and_rows(
    get: Get, session: requests.Session
) -> None:
    tables = get("database").json()
    assert ["occupation_data", "related_occupations", "scales_reference", "skills"] == [
        table["table_id"] for table in tables
    ]
    info, rows = (session.get(tables[3][link]).json() for link in ("info", "rows"))
    assert ("skills", "Skills") == (info["table_id"], info["title"])
    assert list(rows["row"][0]) == [column["column_id"] for column in info["column"]]
    columns = {c["column_id"]: (c["title"], c["type"], c["optional"]) for c in info["column"]}
    assert ("O*NET-SOC Code", "Text", False) == columns["onetsoc_code"]
    assert ("Data Value", "Number", False) == columns["data_value"]
    assert ("Standard Error", "Number", True) == columns["standard_error"]
    assert ("Date", "Date", False) == columns["date_updated"]


def test_a_file_that_was_changed_is_an_error_of_its_table_alone(
    tmp_path: Path, session: requests.Session
) -> None:
    folder = write_release(tmp_path / "db_28_1_text")
    with Sandbox(load_release(folder)) as sandbox:
        (folder / "Skills.txt").write_text("O*NET-SOC Code\tx\n1\n", encoding="utf-8")
        broken, whole = (
            session.get(f"{sandbox.url}database/rows/{name}")
            for name in ("skills", "occupation_data")
        )
    error = {"error": "Skills.txt, line 2: 1 fields, not 13"}
    assert (500, error) == (broken.status_code, broken.json())
    assert (200, 5) == (whole.status_code, whole.json()["total"])


def test_the_tables_of_api_1_9_are_in_an_object(get: Get, get_old: Get) -> None:
    ids = [table["table_id"] for table in get("database").json()]
    assert ids == [table["table_id"] for table in get_old("database").json()["table"]]


@pytest.mark.parametrize("size", [1, 2, 5, RATING_ROWS - 1, RATING_ROWS, 2000])
def test_next_and_prev_lead_through_every_row_once(
    get: Get, session: requests.Session, size: int
) -> None:
    whole = get("database/rows/skills", end=2000, sort=["scale_id", "onetsoc_code"]).json()
    pages = [
        get("database/rows/skills", start=1, end=size, sort=["scale_id", "onetsoc_code"]).json()
    ]
    while "next" in pages[-1]:
        pages.append(session.get(pages[-1]["next"]).json())
    assert -(-RATING_ROWS // size) == len(pages)
    assert whole["row"] == list(itertools.chain.from_iterable(page["row"] for page in pages))
    assert {RATING_ROWS} == {page["total"] for page in pages}
    for before, page in itertools.pairwise(pages):
        assert before["end"] + 1 == page["start"]
        assert before == session.get(page["prev"]).json()
    assert "prev" not in pages[0]


def test_the_links_of_api_1_9_lead_through_every_row_once(
    get_old: Get, session: requests.Session
) -> None:
    page = get_old("database/rows/skills", end=5).json()
    assert ("skills", True) == (page["table_id"], page["info"].endswith("ws/database/info/skills"))
    starts, rows = [page["start"]], page["row"]
    while links := [link["href"] for link in page.get("link", []) if link["rel"] == "next"]:
        page = session.get(links[0], headers=JSON).json()
        starts.append(page["start"])
        rows += page["row"]
    assert [1, 6, 11, 16, 21] == starts
    assert get_old("database/rows/skills", end=2000).json()["row"] == rows
    assert ["prev"] == [link["rel"] for link in page["link"]]
    assert "link" not in get_old("database/rows/skills", end=2000).json()


def test_a_page_has_20_rows_where_no_end_is_given(get: Get) -> None:
    for query, expected in (({}, (1, 20)), ({"start": 3}, (3, 22))):
        page = get("database/rows/skills", **query).json()
        assert (*expected, 20) == (page["start"], page["end"], len(page["row"]))


def test_filters_and_sorts_choose_and_order_the_rows(get: Get) -> None:
    page = get(
        "database/rows/skills",
        filter=["onetsoc_code.eq.15-9002.00", "scale_id.eq.lv", "element_name.contains.TIDE"],
        foo="unknown parameters are ignored",
    ).json()
    assert [("15-9002.00", "Reading Tides", 1)] == [
        (row["onetsoc_code"], row["element_name"], row["data_value"]) for row in page["row"]
    ]
    page = get(
        "database/rows/skills", sort=["scale_id", "onetsoc_code"], start=RATING_ROWS // 2
    ).json()
    row = page["row"][0]
    assert (RATED[-1], TITLES[RATED[-1]], "IM") == (
        row["onetsoc_code"],
        row["title"],
        row["scale_id"],
    )


def test_a_code_without_rows_has_an_empty_page(get: Get, get_old: Get) -> None:
    query = {"filter": "onetsoc_code.eq.53-9005.00"}
    empty = {"start": 1, "end": 0, "total": 0, "row": []}
    assert empty == get("database/rows/skills", **query).json()
    assert empty.items() <= get_old("database/rows/skills", **query).json().items()


def test_all_occupations_are_listed_in_pages(get: Get, session: requests.Session) -> None:
    page = get("online/occupations", end=3).json()
    rest = session.get(page["next"]).json()
    listed = {item["code"]: item["title"] for item in page["occupation"] + rest["occupation"]}
    assert (TITLES, 5, 5) == (listed, page["total"], rest["end"])
    first = session.get(page["occupation"][0]["href"]).json()
    assert ("11-9001.00", "Kite Masters", "They do.") == (
        first["code"],
        first["title"],
        first["description"],
    )


@pytest.mark.parametrize(
    "path", ["online/occupations/29-9003.00", "online/occupations/29-9003.00/"]
)
def test_an_occupation_is_found_by_its_code(get: Get, get_old: Get, path: str) -> None:
    for answer in (get(path), get_old(path)):
        assert "Moon Gardeners" == answer.json()["title"]


def test_a_code_stands_for_itself_in_every_taxonomy(get: Get, get_old: Get) -> None:
    answers = [
        get("taxonomy/2010/active/29-9003.00"),
        get("taxonomy/active/2019/29-9003.00/"),
        get_old("taxonomy/2010_to_active", code="29-9003.00"),
    ]
    for answer in answers:
        assert [{"code": "29-9003.00", "title": "Moon Gardeners"}] == answer.json()["occupation"]


def test_a_former_code_stands_for_what_the_crosswalk_says(
    release: ReleaseTables, tmp_path: Path, session: requests.Session
) -> None:
    def ask(url: str, **query: str) -> tuple[str, list[str]]:
        answer = session.get(url, params=query, headers=JSON).json()
        return answer["title"], [one["code"] for one in answer["occupation"]]

    taxonomy = write_taxonomy(tmp_path / "crosswalk.txt")
    with (
        Sandbox(release, taxonomy=taxonomy) as new,
        Sandbox(release, "1.9", taxonomy=taxonomy) as old,
    ):
        for code, expected in {
            FORMER: ("Tide Tellers", [TIDES]),
            SPLIT: ("Kite and Moon Hands", [KITES, MOONS]),
            GONE: ("Wind Sellers", []),
            MOONS: ("Moon Gardeners", [MOONS]),
        }.items():
            assert expected == ask(f"{new.url}taxonomy/2010/active/{code}")
            assert expected == ask(f"{old.url}taxonomy/2010_to_active", code=code)
        answer = session.get(f"{new.url}taxonomy/2019/active/15-1132.00")
        assert 422 == answer.status_code


def test_a_crosswalk_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.txt"
    path.write_text("a\tb\tc\td\n15-1132.00\tTide Tellers\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"crosswalk\.txt, line 2: 2 fields, not 4"):
        load_taxonomy(path)
    path.write_bytes(b"\xff")
    for unreadable in (path, tmp_path / "nowhere"):
        with pytest.raises(ReleaseError, match="cannot be read"):
            load_taxonomy(unreadable)


@pytest.mark.parametrize(
    "path",
    [
        "database/rows/skills?start=0",
        "database/rows/skills?start=-1",
        "database/rows/skills?start=x",
        "database/rows/skills?start=",
        "database/rows/skills?start=%C2%B2",
        "database/rows/skills?start=99999999999999999999",
        "database/rows/skills?start=25",
        "database/rows/skills?start=2&end=1",
        "database/rows/skills?start=1&start=2",
        "database/rows/skills?end=2001",
        "database/rows/skills?filter=onetsoc_code",
        "database/rows/skills?filter=onetsoc_code.in.1,2",
        "database/rows/skills?filter=nothing.eq.1",
        "database/rows/skills?filter=data_value.eq.high",
        "database/rows/skills?sort=nothing",
        "database/rows/skills?filter=onetsoc_code.eq.53-9005.00&start=2",
        "database/rows/abilities",
        "database/info/abilities",
        "online/occupations?end=0",
        "online/occupations/29-9003",
        "online/occupations/99-9999.99/",
        "taxonomy/2010/active/99-9999.99",
    ],
)
def test_what_makes_no_sense_is_a_422_that_says_so(get: Get, path: str) -> None:
    answer = get(path)
    assert (422, ["error"]) == (answer.status_code, list(answer.json()))


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "database/rows", "database/rows/skills/1", "ws/about", "taxonomy/1/2/x", "%zz"],
)
def test_a_wrong_path_is_a_404_in_html(get: Get, path: str) -> None:
    answer = get(path)
    assert (404, "text/html; charset=utf-8") == (
        answer.status_code,
        answer.headers["Content-Type"],
    )


def test_nothing_but_get_is_allowed(sandbox: Sandbox, session: requests.Session) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        answer = session.request(method, f"{sandbox.url}about", data="x" * 100)
        assert (405, "GET") == (answer.status_code, answer.headers["Allow"])
    assert 200 == session.get(f"{sandbox.url}about").status_code


@pytest.mark.parametrize(
    ("configured", "given", "expected"),
    [
        (None, None, 401),
        (None, "", 401),
        (None, "anything", 200),
        ("right", None, 401),
        ("right", "wrong", 403),
        ("right", "Right", 403),
        ("right", "right", 200),
    ],
)
def test_api_2_checks_the_key(
    release: ReleaseTables, configured: str | None, given: str | None, expected: int
) -> None:
    headers = {} if given is None else {"X-API-Key": given}
    with Sandbox(release, api_key=configured) as sandbox:
        answer = requests.get(f"{sandbox.url}about", headers=headers, timeout=5)
    assert expected == answer.status_code
    assert (expected == 200) == ("html" not in answer.headers["Content-Type"])


@pytest.mark.parametrize(
    ("configured", "given", "expected"),
    [
        ((None, None), None, 401),
        ((None, None), ("", ""), 401),
        ((None, None), ("name", ""), 401),
        ((None, None), ("name", "word"), 200),
        (("name", "word"), None, 401),
        (("name", "word"), ("name", "wrong"), 401),
        (("name", "word"), ("wrong", "word"), 401),
        (("name", "word"), ("name", "word"), 200),
        (("name", "wo:rd"), ("name", "wo:rd"), 200),
    ],
)
def test_api_1_9_checks_name_and_password(
    release: ReleaseTables,
    configured: tuple[str | None, str | None],
    given: tuple[str, str] | None,
    expected: int,
) -> None:
    with Sandbox(release, "1.9", username=configured[0], password=configured[1]) as sandbox:
        answer = requests.get(f"{sandbox.url}about", auth=given, headers=JSON, timeout=5)
    assert expected == answer.status_code
    assert (expected == 401) == ("WWW-Authenticate" in answer.headers)


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic %%%", "Basic /w==", "Basic YQ=="])
def test_credentials_that_cannot_be_read_are_none(old_sandbox: Sandbox, header: str) -> None:
    answer = requests.get(f"{old_sandbox.url}about", headers={"Authorization": header}, timeout=5)
    assert 401 == answer.status_code


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "text/html"])
@pytest.mark.parametrize("path", ["about", "database/rows/skills?end=2", "database/rows/x"])
def test_api_1_9_answers_in_xml_unless_asked_for_json(
    old_sandbox: Sandbox, session: requests.Session, path: str, accept: str
) -> None:
    answer = session.get(old_sandbox.url + path, headers={"Accept": accept})
    assert "application/xml; charset=utf-8" == answer.headers["Content-Type"]
    assert "Accept: application/json" in (ET.fromstring(answer.content).text or "")


def test_api_1_9_is_at_both_of_its_base_paths(
    old_sandbox: Sandbox, session: requests.Session
) -> None:
    base = old_sandbox.url.replace("/ws/", "/v1.9/ws/")
    page = session.get(f"{base}database/rows/skills?end=1", headers=JSON).json()
    assert page["link"][0]["href"].startswith(f"{base}database/rows/skills?")
    root = old_sandbox.url.removesuffix("ws/")
    assert 404 == session.get(f"{root}about", headers=JSON).status_code


def test_links_lead_to_the_host_that_was_asked(sandbox: Sandbox, session: requests.Session) -> None:
    by_name = sandbox.url.replace("127.0.0.1", "localhost")
    page = session.get(f"{by_name}database/rows/skills").json()
    assert page["next"].startswith(by_name)


def test_numbers_keep_their_digits_and_whole_ones_are_integers(get: Get) -> None:
    text = get("database/rows/skills", end=2).text
    for member in ('"data_value":4.12,', '"standard_error":0.125,', '"data_value":0,', '"n":8,'):
        assert member in text


def test_requests_are_logged_in_order_of_arrival(sandbox: Sandbox, get: Get) -> None:
    before = time.time()
    get("about")
    get("database/rows/skills", start=2, end=1)
    after = time.time()
    records = sandbox.requests
    assert [
        ("GET", "/about", "", 200),
        ("GET", "/database/rows/skills", "start=2&end=1", 422),
    ] == [(r.method, r.path, r.query, r.status) for r in records]
    assert before <= records[0].at <= records[1].at <= after
    assert 2 == sandbox.request_count
    sandbox.clear_requests()
    assert ([], 0) == (sandbox.requests, sandbox.request_count)


def test_a_refused_request_is_logged_too(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.url}about", timeout=5)
    assert [401] == [record.status for record in sandbox.requests]


def test_a_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(sandbox.url).port, timeout=5)
    sockets: list[Any] = []
    try:
        for _ in range(3):
            connection.request("GET", "/about", headers={"X-API-Key": "any"})
            connection.getresponse().read()
            sockets.append(connection.sock)
    finally:
        connection.close()
    assert sockets[0] is not None
    assert [sockets[0]] * 3 == sockets


def test_many_clients_are_served_at_once(release: ReleaseTables) -> None:
    def ask() -> int:
        url = f"{sandbox.url}database/rows/skills"
        return requests.get(url, headers={"X-API-Key": "k"}, timeout=10).status_code

    with Sandbox(release, faults=[Fault(delay=0.5)]) as sandbox:
        answered = at_once([ask] * 16)
    assert [200] * 16 == [one.result for one in answered]
    assert max(one.ended for one in answered) - answered[0].began < 16 * 0.5 * 0.8


def test_a_stopped_sandbox_is_gone_and_comes_back_at_the_same_address(
    release: ReleaseTables, session: requests.Session
) -> None:
    sandbox = Sandbox(release).start()
    url = sandbox.url
    assert 200 == session.get(f"{url}about").status_code
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        session.get(f"{url}about")
    with sandbox:
        assert url == sandbox.url
        assert 200 == session.get(f"{url}about").status_code


def test_it_listens_on_loopback_unless_told_otherwise(sandbox: Sandbox) -> None:
    assert "127.0.0.1" == urlsplit(sandbox.url).hostname


def test_no_credential_is_in_a_repr(release: ReleaseTables) -> None:
    sandbox = Sandbox(release, api_key="canary-1", username="canary-2", password="canary-3")
    assert "canary" not in repr(vars(sandbox))


@pytest.mark.parametrize("path", ["database/rows/skills", "online/occupations"])
def test_every_item_of_a_list_is_in_file_order(get: Get, path: str) -> None:
    page = get(path, end=2000).json()
    codes = [
        item.get("onetsoc_code", item.get("code"))
        for item in page.get("row", page.get("occupation"))
    ]
    repeated = 1 if "online" in path else ROWS_PER_OCCUPATION
    known = TITLES if "online" in path else RATED
    assert [code for code in known for _ in range(repeated)] == codes
