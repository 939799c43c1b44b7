import pytest

from onet_client.errors import BadReply
from onet_client.interpret import Page
from onet_client.paging import MAX_PAGES, PageSequence

BASE = "https://onet.example/ws/"
FIRST = BASE + "database/rows/skills?start=1"


def page(start, end, total, next_url=None):
    return Page(tuple(range(start, end + 1)), start, end, total, next_url)


def test_the_pages_of_a_list_are_taken_in_order():
    sequence = PageSequence(BASE, FIRST)
    assert FIRST == sequence.url

    sequence.accept(page(1, 3, 8, "?start=4"))
    assert BASE + "database/rows/skills?start=4" == sequence.url
    sequence.accept(page(4, 4, 8, BASE + "elsewhere"))
    assert BASE + "elsewhere" == sequence.url
    sequence.accept(page(5, 8, 8))
    assert sequence.url is None


def test_an_empty_list_is_one_page():
    sequence = PageSequence(BASE, FIRST)
    sequence.accept(page(1, 0, 0))

    assert sequence.url is None


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
def test_a_page_that_does_not_fit_the_one_before_is_a_bad_reply(second, message):
    sequence = PageSequence(BASE, FIRST)
    sequence.accept(page(1, 3, 8, "?start=4"))

    with pytest.raises(BadReply, match=message):
        sequence.accept(second)


def test_a_first_page_begins_with_the_first_row():
    with pytest.raises(BadReply, match="from row 2 where row 1"):
        PageSequence(BASE, FIRST).accept(page(2, 3, 3))


@pytest.mark.parametrize(("pages", "fits"), [(MAX_PAGES, True), (MAX_PAGES + 1, False)])
def test_a_list_has_a_bounded_number_of_pages(pages, fits):
    sequence = PageSequence(BASE, FIRST)
    for number in range(1, MAX_PAGES):
        sequence.accept(page(number, number, pages, "?next"))

    if fits:
        sequence.accept(page(MAX_PAGES, MAX_PAGES, pages))
        assert sequence.url is None
    else:
        with pytest.raises(BadReply, match="more than 500 pages"):
            sequence.accept(page(MAX_PAGES, MAX_PAGES, pages, "?next"))
