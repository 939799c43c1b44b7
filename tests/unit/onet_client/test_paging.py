import pytest

from onet_client.errors import BadReply
from onet_client.interpret import Page
from onet_client.paging import BEGINNING, MAX_PAGES, PageSequence, Position

BASE = "https://onet.example/ws/"
FIRST = BASE + "database/rows/skills?start=1"


def page(start, end, total, next_url=None):
    return Page(tuple(range(start, end + 1)), start, end, total, next_url)


@pytest.mark.parametrize("gone_on", [False, True], ids=["after a page", "after a position"])
@pytest.mark.parametrize(
    ("second", "message"),
    [
        (page(1, 3, 8, "?start=4"), "from row 1 where row 4 is due"),  # does not advance
        (page(3, 5, 8, "?start=6"), "from row 3 where row 4"),  # overlaps
        (page(5, 8, 8), "from row 5 where row 4"),  # leaves one out
        (page(4, 8, 9, "?start=9"), "total that changed"),
        (page(4, 7, 7), "total that changed"),
        (page(4, 5, 8, "https://evil.example/"), "not followed"),
    ],
)
def test_a_page_that_does_not_fit_the_one_before_is_a_bad_reply(second, message, gone_on):
    sequence = PageSequence(BASE, FIRST)
    sequence.accept(page(1, 3, 8, "?start=4"))
    if gone_on:
        sequence = PageSequence(BASE, FIRST, sequence.position)

    with pytest.raises(BadReply, match=message):
        sequence.accept(second)


def test_a_first_page_begins_with_the_first_row():
    with pytest.raises(BadReply, match="from row 2 where row 1"):
        PageSequence(BASE, FIRST).accept(page(2, 3, 3))


@pytest.mark.parametrize(("rows", "total"), [(1, 500), (200, 100_000), (123, 61_500)])
def test_a_list_of_as_many_pages_as_there_can_be_is_taken(rows, total):
    sequence = PageSequence(BASE, FIRST)
    for start in range(1, total + 1, rows):
        last = start + rows - 1 == total
        sequence.accept(page(start, start + rows - 1, total, None if last else "?next"))

    assert sequence.url is None
    assert MAX_PAGES == total // rows


@pytest.mark.parametrize(("rows", "total"), [(1, 501), (200, 100_001), (122, 61_500)])
def test_a_page_so_short_that_the_list_would_have_too_many_is_a_bad_reply(rows, total):
    with pytest.raises(BadReply, match="more than 500"):
        PageSequence(BASE, FIRST).accept(page(1, rows, total, "?next"))


def test_the_last_page_may_be_short():
    sequence = PageSequence(BASE, FIRST, Position(FIRST, 1999, 2000))
    sequence.accept(page(2000, 2000, 2000))

    assert sequence.position.is_end


def test_pages_are_taken_in_order_and_a_position_tells_what_is_needed_to_go_on():
    sequence = PageSequence(BASE, FIRST)
    assert (BEGINNING, FIRST) == (sequence.position, sequence.url)

    sequence.accept(page(1, 3, 8, "?start=4"))
    assert Position(BASE + "database/rows/skills?start=4", 3, 8) == sequence.position
    assert sequence.position.url == sequence.url

    sequence.accept(page(4, 4, 8, BASE + "elsewhere"))
    assert Position(BASE + "elsewhere", 4, 8) == sequence.position
    assert (BASE + "elsewhere", False) == (sequence.url, sequence.position.is_end)

    sequence.accept(page(5, 8, 8))
    assert Position(None, 8, 8) == sequence.position
    assert (None, True) == (sequence.url, sequence.position.is_end)


@pytest.mark.parametrize(("position", "ended"), [(BEGINNING, False), (Position(None, 0, 0), True)])
def test_an_empty_list_read_is_not_one_that_is_not_begun(position, ended):
    assert ended is position.is_end
    assert ended is (PageSequence(BASE, FIRST, position).url is None)


def test_a_position_without_its_address_is_not_taken_for_the_beginning():
    with pytest.raises(BadReply, match="from row 1 where row 4"):
        PageSequence(BASE, FIRST, Position(None, 3, 8)).accept(page(1, 3, 8, "?start=4"))
