from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onet_client.archive.number import ReleaseNumber, release_file
from onet_client.archive.pages import newest, text_releases
from onet_client.errors import BadReply

BASE = "https://www.onetcenter.org/"
ASKED = BASE + "database.html"
FOLDER = BASE + "dl_files/database/"
# As the archive's page had them when 30.3 was current, by what is known of it.
PAGE = """<!DOCTYPE html><html><body>
<p>The O*NET 30.3 Database</p>
<ul>
<li><a class="btn" href="/dl_files/database/db_30_3_excel.zip">Excel</a></li>
<li><a class="btn" href="/dl_files/database/db_30_3_text.zip">Text</a></li>
<li><a class="btn" href="/dl_files/database/db_30_3_mysql.zip">MySQL</a></li>
<li><a href="/db_releases.html">Releases archive</a></li>
</ul></body></html>"""


def links(*hrefs: str) -> str:
    return "".join(f'<p><a href="{href}">a file</a></p>\n' for href in hrefs)


def test_the_text_release_is_told_from_the_other_forms():
    number, url = newest(PAGE, ASKED, BASE)

    assert ("30.3", FOLDER + "db_30_3_text.zip") == (str(number), url)


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 99)), min_size=1, max_size=8))
def test_the_newest_is_the_highest_number_wherever_it_stands(numbers):
    page = links(*(f"/dl_files/database/db_{a}_{b}_text.zip" for a, b in numbers))

    number, url = newest(page, ASKED, BASE)

    assert ReleaseNumber(*max(numbers)) == number
    assert FOLDER + release_file(number) == url


@pytest.mark.parametrize(
    "link",
    [
        "dl_files/database/db_31_0_text.zip",
        "/dl_files/database/db_31_0_text.zip",
        "./dl_files/database/db_31_0_text.zip",
        "https://www.onetcenter.org/dl_files/database/db_31_0_text.zip",
        "//www.onetcenter.org/dl_files/database/db_31_0_text.zip",
        " /dl_files/database/db_31_0_text.zip\n",
        "/dl_files/database/db_31_0_text.zip#text",
    ],
)
def test_a_link_may_be_written_in_any_way(link):
    assert FOLDER + "db_31_0_text.zip" == newest(links(link), ASKED, BASE).url


@pytest.mark.parametrize(
    "page",
    [
        "<A CLASS=x HREF='/dl_files/database/db_31_0_text.zip'>",
        "<a href=/dl_files/database/db_31_0_text.zip>",
        "<a\n href = '/dl_files/database/db&#95;31_0_text.zip' >",
        "<td><a id='x' href='/dl_files/database/db_31_0_text.zip'",
        "<<b></p>&&<a href='/dl_files/database/db_31_0_text.zip'></td>",
    ],
    ids=["capitals", "no quotes", "an entity", "cut short", "broken"],
)
def test_a_page_may_be_untidy(page):
    found = text_releases(page + ">", ASKED, BASE)

    assert {ReleaseNumber(31, 0): FOLDER + "db_31_0_text.zip"} == found


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/dl_files/database/db_99_0_text.zip",
        "http://www.onetcenter.org/dl_files/database/db_99_0_text.zip",
        "https://[www.onetcenter.org/db_99_0_text.zip",
    ],
)
def test_a_link_away_from_the_archive_does_not_count(link):
    page = links(link, "/dl_files/database/db_30_3_text.zip")

    assert "30.3" == str(newest(page, ASKED, BASE).number)


def test_a_page_whose_releases_are_all_elsewhere_says_so():
    with pytest.raises(BadReply, match="of another host only"):
        newest(links("https://elsewhere.example/db_99_0_text.zip"), ASKED, BASE)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("", "of its 0 links none leads to a .zip file"),
        (links("/a.html", "/b", "/db_30_3_text.zip.html"), "of its 3 links none"),
        (links("/x/db_31_0.zip", "/db_31_0_excel.zip"), "are db_31_0.zip, db_31_0_excel.zip$"),
        ("<![--&'" + links("/a.zip"), "of its 0 links"),
        (links(*(f"/{name}.zip" for name in "abcdef")), "a.zip, b.zip, c.zip, d.zip and 2 more"),
        ("<!-- <a href='/db_30_3_text.zip'> -->", "of its 0 links"),
        ("db_30_3_text.zip", "of its 0 links"),
    ],
)
def test_a_page_without_a_text_release_is_told_by_what_it_has(page, told):
    with pytest.raises(BadReply, match=told):
        newest(page, ASKED, BASE)


@given(st.text() | st.text("<>!-[]/?a &;\"'='", max_size=40))
def test_any_text_is_a_page_with_or_without_releases(page):
    with suppress(BadReply):
        newest(page, ASKED, BASE)
