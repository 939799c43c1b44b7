import pytest

from onet_client.archive.bounds import Bounds, DownloadDeadline, Tries, trying
from onet_client.deadline import Deadline
from onet_client.errors import RateLimited, Unreachable


def waits(error, *, fruitful=0, seconds=900.0):
    """Fail again and again, so many times after having brought something; the waits between."""
    slept = []

    def work(tries):
        if len(slept) < fruitful:
            tries.fruitless = 0
        raise error

    with pytest.raises(type(error)):
        trying(slept.append)(work, Tries(Deadline(seconds)))
    return slept


def test_what_brings_nothing_is_tried_three_times_at_growing_distances():
    assert [0.4, 0.8] == waits(Unreachable("gone"))


def test_what_brings_something_is_tried_on():
    assert [0.2] * 10 + [0.4, 0.8] == waits(Unreachable("gone"), fruitful=10)


def test_what_brings_a_little_each_time_ends_too():
    assert 100 == len(waits(Unreachable("gone"), fruitful=1000)) + 1


def test_the_archives_own_word_how_long_to_wait_is_kept():
    assert [7.0, 7.0] == waits(RateLimited("slow", status=429, retry_after=7.0))


def test_nothing_is_waited_for_beyond_the_deadline():
    assert [] == waits(Unreachable("gone"), seconds=0.1)


def test_patience_is_short_until_the_file_comes():
    patience = DownloadDeadline(Bounds(answer=8, whole=900))

    assert 7 < patience.remaining() <= 8
    assert 8 == patience.seconds
    patience.relax()
    assert 890 < patience.remaining() <= 900
    assert 900 == patience.seconds


def test_patience_for_an_answer_does_not_outlast_that_for_everything():
    assert 5 >= DownloadDeadline(Bounds(answer=8, whole=5)).remaining()
