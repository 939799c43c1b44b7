import gc
from decimal import Decimal

import pytest
from support.fake_upstream import CODES, ELEMENTS, LAYOUTS, UNRATED, answering
from support.streaming import stream_ratings

from onet_client.client import OnetClient
from onet_client.deadline import Deadline
from onet_client.errors import (
    BadReply,
    BadRequest,
    DeadlineExceeded,
    NoData,
    NotFound,
    NotOffered,
    UnknownCode,
)
from onet_client.rows import RatingRow

CODE = CODES[1]
MADE_UP = "99-9999.99"
WANTED = [(CODE, element, scale) for element in ELEMENTS for scale in ("IM", "LV")]


def one_or_all(client):
    """Both ways to ask for ratings of skills."""
    return lambda: client.ratings(CODE, "skills"), lambda: list(stream_ratings(client, "skills"))


def keys(ratings):
    return [(rating.occupation_code, rating.element_id, rating.scale_id) for rating in ratings]


@pytest.fixture
def upstream(paged_upstream):
    return paged_upstream


@pytest.fixture
def client(new_client, upstream) -> OnetClient:
    return new_client(upstream)


def test_ratings_are_all_rows_of_the_occupation_from_every_page_and_table(client):
    found = client.ratings(CODE, "skills")

    assert WANTED == keys(found)
    assert Decimal("4.12") == found[0].value


def test_a_stream_of_ratings_is_the_whole_domain(client, layout):
    pages = list(stream_ratings(client, "skills"))

    every = {(code, element, scale) for code in CODES for _, element, scale in WANTED}
    found = [key for page in pages for key in keys(page)]
    assert every == set(found)
    assert len(every) == len(found)
    assert {3} == {len(page) for page in pages}


def test_a_stream_asks_for_as_many_rows_as_a_page_can_have(client, upstream):
    list(stream_ratings(client, "skills"))

    rows = [r.url for r in upstream.requests if "/database/rows/" in r.url]
    assert all("start=1&end=2000&" in url for url in rows if "start=1&" in url)
    assert all("sort=onetsoc_code&sort=element_id&sort=scale_id" in url for url in rows)


def test_the_tables_are_those_listed(client, upstream):
    assert list(upstream.tables) == list(client.tables())


def test_the_list_of_occupations_is_read_to_its_end(client):
    assert [*CODES, UNRATED] == [occupation.code for occupation in client.occupations()]


def test_the_successors_of_a_code_are_those_of_the_2010_taxonomy(client, upstream, api):
    upstream.successors["15-1132.00"] = ["15-1252.00", "15-1253.00"]

    found = client.successors("15-1132.00")

    assert ["15-1252.00", "15-1253.00"] == [one.code for one in found]
    path = "taxonomy/2010_to_active" if api == "1.9" else "taxonomy/2010/active/15-1132.00"
    assert [path] == upstream.paths


def test_a_code_that_the_taxonomy_does_not_have_is_unknown(client, upstream):
    with pytest.raises(UnknownCode) as raised:
        client.successors(MADE_UP)

    assert 1 == len(upstream.paths)
    assert (422, 1) == (raised.value.status, raised.value.attempts)
    assert MADE_UP in raised.value.url


def test_a_code_that_the_list_does_not_have_is_unknown(client):
    for ask, status in (
        (lambda: client.occupation(MADE_UP), 422),
        (lambda: client.ratings(MADE_UP, "skills"), 200),
    ):
        with pytest.raises(UnknownCode) as raised:
            ask()
        assert MADE_UP in raised.value.url
        assert (status, 1) == (raised.value.status, raised.value.attempts)


def ask_for_made_up(client, *codes):
    for code in codes:
        with pytest.raises(UnknownCode):
            client.occupation(code)


def test_the_list_of_occupations_is_read_once_for_many_unknown_codes_of_a_release(client, upstream):
    client.release()
    ask_for_made_up(client, "99-0001.00", "99-0002.00")
    pages = upstream.paths.count("online/occupations")
    client.release()
    ask_for_made_up(client, "99-0001.00", "99-0003.00")
    assert pages == upstream.paths.count("online/occupations") > 0

    upstream.release = "O*NET 31.0"
    client.release()
    ask_for_made_up(client, "99-0001.00")
    assert 2 * pages == upstream.paths.count("online/occupations")


def test_a_list_that_was_read_tells_of_any_code_of_its_release_without_asking(client, upstream):
    client.release()
    assert (None, None) == (client.listed.has(CODE, "30.3"), client.listed.latest)
    ask_for_made_up(client, "99-0001.00")
    asked = len(upstream.paths)

    assert (True, False) == tuple(client.listed.has(c, "30.3") for c in (CODE, "99-0002.00"))
    assert client.listed.has("99-0002.00", "31.0") is None
    assert {*CODES, UNRATED} == client.listed.latest
    ask_for_made_up(client, "99-0002.00")
    assert asked == len(upstream.paths)


def test_a_list_of_no_known_release_is_not_kept(client, upstream):
    ask_for_made_up(client, "99-0001.00", "99-0002.00")

    assert client.listed.latest is None
    assert 2 * 2 == upstream.paths.count("online/occupations")


def test_a_list_that_could_not_be_read_is_not_kept(client, upstream):
    def cut(answer):
        answer.document["total"] = 2

    client.release()
    upstream.faults["online/occupations", 0] = cut
    with pytest.raises(BadReply):
        client.ratings(MADE_UP, "skills")

    assert client.listed.latest is None


def test_an_occupation_that_the_list_has_and_nobody_rated_has_no_data(client):
    with pytest.raises(NoData) as raised:
        client.ratings(UNRATED, "skills")

    assert f"eq.{UNRATED}" in raised.value.url
    assert (200, 1) == (raised.value.status, raised.value.attempts)


@pytest.mark.parametrize(
    ("ask", "path", "status", "error"),
    [
        (lambda client: client.occupation(CODE), "online/occupations/15", 422, BadRequest),
        (lambda client: client.ratings(CODE, "skills"), "database/rows/", 422, BadRequest),
        (lambda client: client.ratings(CODE, "skills"), "database/rows/", 404, NotFound),
        (lambda client: client.ratings(MADE_UP, "skills"), "database/rows/", 422, UnknownCode),
    ],
    ids=["occupation", "ratings", "ratings whose table is gone", "ratings of no listed code"],
)
def test_what_is_refused_is_called_unknown_only_where_the_list_lacks_the_code(
    client, upstream, ask, path, status, error
):
    upstream.faults[path, 0] = answering(status)

    with pytest.raises(error):
        ask(client)


def test_another_release_has_its_tables_looked_up_again(client, upstream):
    client.release()
    client.ratings(CODE, "skills")
    client.release()
    client.ratings(CODE, "skills")
    assert 1 == upstream.paths.count("database")

    upstream.release = "O*NET 31.0"
    client.release()
    client.ratings(CODE, "skills")
    assert 2 == upstream.paths.count("database")


def test_a_table_that_is_gone_has_the_tables_looked_up_again(client, upstream):
    client.ratings(CODE, "skills")
    upstream.set_tables(**LAYOUTS["split" if "skills" in upstream.tables else "single"])

    assert WANTED == keys(client.ratings(CODE, "skills"))


@pytest.mark.parametrize("tables", [{"knowledge": ELEMENTS}, {"essential_skills": ELEMENTS}])
def test_an_upstream_without_the_tables_of_a_domain_is_told_by_what_it_offers(
    client, upstream, tables
):
    upstream.set_tables(**tables)

    for ask in one_or_all(client):
        with pytest.raises(NotOffered, match="skills .*" + next(iter(tables))) as raised:
            ask()
        assert raised.value.url == f"{upstream.base}database"


@pytest.mark.parametrize("domain", ["knowledge", "abilities"])
def test_other_domains_are_their_own_table(client, upstream, domain):
    upstream.set_tables(**{domain: ELEMENTS})

    assert WANTED == keys(client.ratings(CODE, domain))


def test_a_domain_that_does_not_exist_is_not_asked_for(client, upstream):
    for ask in (lambda: client.ratings(CODE, "../about"), lambda: list(stream_ratings(client, ""))):
        with pytest.raises(BadRequest, match="skills, knowledge, abilities"):
            ask()

    assert [] == upstream.requests


@pytest.mark.parametrize(
    "code", ["", "15-1254", "../about", "15-1254.00\n", "\uff11\uff15-1254.00", "a"]
)
def test_what_is_no_code_is_not_asked_for(client, upstream, code):
    for ask in (lambda: client.occupation(code), lambda: client.ratings(code, "skills")):
        with pytest.raises(BadRequest, match=r"15-1254\.00") as raised:
            ask()
        assert 0 == raised.value.attempts
    assert [] == upstream.requests


@pytest.mark.parametrize("missing", ["essential_skills", "transferable_skills"])
def test_half_of_a_split_domain_is_an_error(client, upstream, missing):
    upstream.set_tables(**LAYOUTS["split"])
    rows = upstream.tables[missing]
    upstream.tables[missing] = [row for row in rows if row["onetsoc_code"] != CODE]

    for ask in one_or_all(client):
        with pytest.raises(BadReply, match="do not rate the same occupations") as raised:
            ask()
        assert "/database/rows/transferable_skills" in raised.value.url


def test_an_element_in_both_tables_of_a_split_domain_is_an_error(client, upstream):
    upstream.set_tables(essential_skills=ELEMENTS, transferable_skills=ELEMENTS[1:])

    for ask in one_or_all(client):
        with pytest.raises(BadReply, match="rate the same element"):
            ask()


def test_a_domain_without_any_row_is_not_streamed_as_empty(client, upstream):
    upstream.tables = {table: [] for table in upstream.tables}

    with pytest.raises(BadReply, match="without a rating"):
        list(stream_ratings(client, "skills"))


@pytest.mark.parametrize("order", ["reversed", "by element"])
def test_a_stream_from_an_upstream_that_ignores_the_sort_is_an_error(client, upstream, order):
    for rows in upstream.tables.values():
        if order == "reversed":
            rows.reverse()
        else:
            rows.sort(key=lambda row: (row["scale_id"], row["onetsoc_code"]))

    with pytest.raises(BadReply):
        list(stream_ratings(client, "skills"))


def test_a_stream_takes_any_order_of_elements_within_an_occupation(client, upstream):
    for rows in upstream.tables.values():
        rows.sort(key=lambda row: (row["onetsoc_code"], row["scale_id"], row["element_id"]))
        rows.sort(key=lambda row: row["element_id"], reverse=True)
        rows.sort(key=lambda row: row["onetsoc_code"])

    found = [key for page in stream_ratings(client, "skills") for key in keys(page)]
    assert 12 == len(set(found))


def test_an_empty_list_of_occupations_makes_no_code_unknown(client, upstream):
    upstream.occupations = []

    for ask in (
        client.occupations,
        lambda: client.occupation(MADE_UP),
        lambda: client.ratings(MADE_UP, "skills"),
    ):
        with pytest.raises(BadReply, match="list of occupations that is empty"):
            ask()


def test_an_occupation_on_two_pages_of_the_list_is_an_error(client, upstream):
    upstream.occupations = [*CODES, CODES[0]]

    with pytest.raises(BadReply, match="on two pages"):
        client.occupations()


def test_a_deadline_is_shared_by_the_calls_it_is_given_to(client, clock, upstream):
    deadline = Deadline(10.0, clock)
    upstream.on_request = lambda: clock.sleep(4.0)

    client.release(deadline=deadline)
    client.tables(deadline=deadline)
    with pytest.raises(DeadlineExceeded):
        client.occupation(CODE, deadline=deadline)


def test_every_page_of_a_stream_has_the_configured_time_of_its_own(client, clock, upstream):
    upstream.on_request = lambda: clock.sleep(15.0)

    assert 12 == sum(len(page) for page in stream_ratings(client, "skills"))


def test_a_stream_ends_with_the_deadline_it_is_given(client, clock, upstream):
    upstream.on_request = lambda: clock.sleep(15.0)
    pages, landed = stream_ratings(client, "skills", deadline=Deadline(55.0, clock)), []

    with pytest.raises(DeadlineExceeded):
        landed.extend(pages)
    assert 2 == len(landed)


def test_without_a_deadline_a_call_has_the_configured_seconds_for_all_its_pages(
    new_client, clock, upstream
):
    upstream.on_request = lambda: clock.sleep(2.0)

    with pytest.raises(DeadlineExceeded):
        new_client(upstream, deadline=5.0).ratings(CODE, "skills")


def ratings_in_memory() -> int:
    gc.collect()
    return sum(type(thing) is RatingRow for thing in gc.get_objects())


@pytest.fixture
def new_objects_alone():
    """The garbage collector looks at what the test makes, not at all that there is."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("new_objects_alone")
def test_a_stream_holds_no_page_while_it_reads_the_next(client, upstream):
    held = []
    upstream.on_request = lambda: held.append(ratings_in_memory())

    stream = stream_ratings(client, "skills")
    first = next(stream)
    assert len(first) <= ratings_in_memory()
    del first
    while next(stream, None):
        pass

    assert 4 <= len(held)
    assert {0} == set(held)
