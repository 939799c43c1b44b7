"""Addresses of the page."""

from app.page.links import Question, address, csv_address

ASKED = Question("11-9001.00", "15-9002.00")


def test_an_address_holds_all_that_is_asked_and_no_more() -> None:
    assert "./" == address(Question())
    assert "./?from=11-9001.00&to=15-9002.00" == address(ASKED)
    assert "./?from=caf%C3%A9+%26+co&domain=knowledge&direction=from" == address(
        Question("café & co", "", "knowledge", "from")
    )
    assert "./?to=x&job_zone=4" == address(Question("", "x", job_zone=4))


def test_a_file_for_spreadsheets_has_what_is_covered_too() -> None:
    assert (
        "skill-gap?from=11-9001.00&to=15-9002.00&domain=knowledge&include=covered&format=csv"
        == csv_address(ASKED._replace(domain="knowledge"))
    )
