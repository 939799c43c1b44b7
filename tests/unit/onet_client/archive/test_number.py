import pytest
from hypothesis import given
from hypothesis import strategies as st

from onet_client.archive.number import ReleaseNumber, release_file

numbers = st.builds(ReleaseNumber, st.integers(0, 999), st.integers(0, 999))


@given(numbers)
def test_a_number_is_read_as_it_is_written(number):
    assert number == ReleaseNumber.parse(str(number))
    assert number == ReleaseNumber.of_file(release_file(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "30.",
        ".3",
        "30.3.1",
        "30_3",
        "030.3",
        "30.03",
        " 30.3",
        "30.3\n",
        "٣٠.٣",
        "1000.1",
    ],
)
def test_what_is_no_number_is_not_read_as_one(text):
    assert None is ReleaseNumber.parse(text)


@pytest.mark.parametrize(
    "name",
    [
        "db_30_3_excel.zip",
        "db_30_3_mysql.zip",
        "db_30_3_text.zip.asc",
        "db_30_text.zip",
        "xdb_30_3_text.zip",
        "db_30_3_text",
    ],
)
def test_another_file_is_of_no_text_release(name):
    assert None is ReleaseNumber.of_file(name)


def test_a_later_release_has_a_greater_number():
    later = ["9.1", "29.0", "30.3", "30.10", "31.0", "100.1"]

    assert later == [str(one) for one in sorted(map(ReleaseNumber.parse, reversed(later)))]
