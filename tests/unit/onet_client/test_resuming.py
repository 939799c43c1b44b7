"""A reading of whole tables that is cut and gone on with ends as one that is not cut."""

import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fake_upstream import CODES, ELEMENTS, LAYOUTS, FakeUpstream, rating_row
from support.streaming import stream_ratings

from onet_client.client import OnetClient, connect
from onet_client.errors import BadReply, BadRequest, OnetError
from onet_client.governor import InMemoryGovernor
from onet_client.paging import DomainCheck, Position
from onet_client.rows import RatingRow


def client_of(upstream: FakeUpstream) -> OnetClient:
    return connect(
        upstream.base, upstream.api, api_key="k", username="u", password="p",
        max_concurrency=1, governor=InMemoryGovernor(1e9),
    )  # fmt: skip


def key(rating: RatingRow) -> tuple[str, str, str]:
    return rating.occupation_code, rating.element_id, rating.scale_id


@dataclass
class Stored:
    """What a reading leaves behind for the next one to go on from."""

    rows: dict[str, list[RatingRow]] = field(default_factory=lambda: defaultdict(list))
    positions: dict[str, Position] = field(default_factory=lambda: defaultdict(Position))

    def read_on(self, upstream: FakeUpstream, *, pages: int = 999, lose: bool = False) -> bool:
        """Read so many pages further, and perhaps one that is not stored; whether all is read."""
        check, client = DomainCheck(tuple(upstream.tables)), client_of(upstream)
        for table in upstream.tables:
            stored, position = self.rows[table], self.positions[table]
            check.take(table, map(key, stored), complete=position.is_end)
            for rows, after in client.table_pages(table, position, check):
                if not pages:
                    assert lose
                    return False
                stored.extend(rows)
                self.positions[table] = after
                pages -= 1
                if not pages and not lose:
                    return False
        return True

    @property
    def all_rows(self) -> list[RatingRow]:
        return [rating for rows in self.rows.values() for rating in rows]


def unbroken(upstream):
    """The rows that a stream gives, and the error it ends with if it does."""
    rows = []
    try:
        for page in stream_ratings(client_of(upstream), "skills"):
            rows.extend(page)
    except OnetError as error:
        return rows, (type(error), str(error), error.url)
    return rows, None


def broken(upstream, cuts):
    """The same of a reading cut after each of these numbers of pages."""
    stored = Stored()
    try:
        for pages, lose in cuts:
            if stored.read_on(upstream, pages=pages, lose=lose):
                break
        else:
            stored.read_on(upstream)
    except OnetError as error:
        return stored.all_rows, (type(error), str(error), error.url)
    return stored.all_rows, None


@pytest.fixture
def upstream(paged_upstream):
    return paged_upstream


@pytest.mark.parametrize("page_rows", [1, 2, 3, 4, 5, 12])
def test_a_reading_cut_after_every_page_asks_for_no_page_twice(upstream, page_rows):
    upstream.page_rows = page_rows
    expected = unbroken(upstream)
    asked = [request.url for request in upstream.requests if "/rows/" in request.url]
    upstream.requests.clear()

    assert expected == broken(upstream, [(1, False)] * 13)
    assert asked == [request.url for request in upstream.requests]
    assert 12 == len(expected[0])


@pytest.mark.parametrize("pages", range(4))
def test_a_page_that_was_not_stored_is_asked_for_twice_and_no_other(upstream, pages):
    assert unbroken(upstream) == broken(upstream, [(pages, True)])

    asked = [request.url for request in upstream.requests[1:]]  # the first asks for the tables
    each = asked[:4]
    assert [*each, *each[: pages + 1], *each[pages:]] == asked


def test_a_domain_that_is_read_to_its_end_is_asked_for_no_more(upstream):
    stored = Stored()
    stored.read_on(upstream)
    upstream.requests.clear()

    assert stored.read_on(upstream)
    assert [] == upstream.requests


def spoil(tables, kind, number):
    """Do to the rows what an upstream should not."""
    chosen = random.Random(number)
    rows = tables[chosen.choice(list(tables))]
    place, other = chosen.randrange(len(rows)), chosen.randrange(len(rows))
    if kind == "left out":
        del rows[place]
    elif kind == "twice":
        rows.insert(other, rows[place])
    elif kind == "swapped":
        rows[place], rows[other] = rows[other], rows[place]
    elif kind == "of another occupation":
        rows[place] = rows[place] | {"onetsoc_code": chosen.choice(CODES)}
    elif kind == "of another element":
        rows[place] = rows[place] | {"element_id": chosen.choice(ELEMENTS)}
    elif kind == "an occupation left out":
        rows[:] = [row for row in rows if row["onetsoc_code"] != rows[place]["onetsoc_code"]]
    elif kind == "none":
        rows.clear()


SPOILED = (
    "left out", "twice", "swapped", "of another occupation", "of another element",
    "an occupation left out", "none", "right",
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(
    api=st.sampled_from(["2", "1.9"]),
    layout=st.sampled_from(list(LAYOUTS)),
    page_rows=st.integers(1, 7),
    kind=st.sampled_from(SPOILED),
    number=st.integers(0, 999),
    cuts=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=6),
)
def test_wherever_it_is_cut_rows_and_verdict_are_those_of_a_reading_in_one(
    api, layout, page_rows, kind, number, cuts
):
    upstream = FakeUpstream(api, page_rows=page_rows)
    upstream.set_tables(**LAYOUTS[layout])
    spoil(upstream.tables, kind, number)
    with upstream.running():
        assert unbroken(upstream) == broken(upstream, cuts)


def half_an_element(rows):
    del rows[3]


def row_repeated(rows):
    rows[3] = rows[2]


def occupation_before(rows):
    rows[4:8] = [row | {"onetsoc_code": "11-1010.00"} for row in rows[4:8]]


def occupation_again(rows):
    rows[8:] = [*rows[8:], *rows[:2]]


@pytest.mark.parametrize(
    ("spoilt", "message", "landed"),
    [
        (half_an_element, "an element that is not rated on both scales", 3),
        (row_repeated, "the same item twice", 3),
        (occupation_before, "rows that are not sorted by occupation", 3),
        (occupation_again, "rows that are not sorted by occupation", 12),
    ],
)
def test_what_is_wrong_across_a_cut_is_refused(api, spoilt, message, landed):
    upstream = FakeUpstream(api, page_rows=3)  # an occupation has four rows
    spoilt(upstream.tables["skills"])
    with upstream.running():
        rows, (kind, told, _) = broken(upstream, [(1, False)] * 9)

    assert (BadReply, message, landed) == (kind, told, len(rows))


@pytest.mark.parametrize("pages", [2, 3])
def test_a_table_is_held_against_one_that_was_read_before_the_cut(api, pages):
    upstream = FakeUpstream(api, page_rows=3)
    upstream.set_tables(**LAYOUTS["split"])
    rows = upstream.tables["transferable_skills"]
    rows[2:4] = [row | {"onetsoc_code": "11-9999.00"} for row in rows[2:4]]
    stored = Stored()
    with upstream.running():
        stored.read_on(upstream, pages=pages)
        with pytest.raises(BadReply, match="do not rate the same occupations"):
            stored.read_on(upstream)


@pytest.mark.parametrize("change", ["a row more", "an element less"])
def test_a_table_that_changed_since_the_cut_is_refused(upstream, change):
    stored = Stored()
    stored.read_on(upstream, pages=1)
    rows = next(iter(upstream.tables.values()))
    if change == "a row more":
        rows.append(rating_row(CODES[2], "2.A.1.z", "IM"))
    else:
        del rows[-2:]

    with pytest.raises(BadReply, match="total that changed"):
        stored.read_on(upstream)
    assert 3 == len(stored.all_rows)


@pytest.mark.parametrize("url", ["https://evil.example/database/rows/skills?start=4", ""])
def test_a_position_that_leads_away_is_not_followed(upstream, url):
    table = next(iter(upstream.tables))
    pages = client_of(upstream).table_pages(table, Position(url, 3, 12), DomainCheck((table,)))

    with pytest.raises(BadReply, match="not followed") as raised:
        next(pages)

    assert (0, []) == (raised.value.attempts, upstream.requests)


def test_a_position_that_the_upstream_refuses_is_the_caller_s_to_give_up(upstream):
    table = next(iter(upstream.tables))
    gone = Position(f"{upstream.base}database/rows/gone?start=4", 3, 12)

    with pytest.raises(BadRequest) as raised:
        next(client_of(upstream).table_pages(table, gone, DomainCheck((table,))))

    assert (422, gone.url) == (raised.value.status, raised.value.url)
