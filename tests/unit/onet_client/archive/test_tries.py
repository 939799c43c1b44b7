import pytest

from onet_client.archive.bounds import Bounds, DownloadDeadline
from onet_client.archive.tries import Tries, trying
from onet_client.deadline import Deadline
from onet_client.errors import BadReply, RateLimited, Unreachable


def fail(error, *, fruitful=0):
    """Fail again and again, some of the first times after having brought something."""

    def work(tries):
        tries.begin()
        if tries.made <= fruitful:
            tries.fruitless = 0
        raise error

    return work


def tried(work, seconds=900.0):
    tries, slept = Tries(Deadline(seconds)), []
    with pytest.raises((BadReply, RateLimited, Unreachable)):
        trying(slept.append)(work, tries)
    return tries.made, slept


def test_what_brings_nothing_is_tried_three_times_at_growing_distances():
    assert (3, [0.4, 0.8]) == tried(fail(Unreachable("gone")))


def test_what_brings_something_is_tried_on():
    made, slept = tried(fail(Unreachable("gone"), fruitful=10))

    assert 10 + 3 == made
    assert [0.2] * 10 == slept[:10]


def test_what_brings_a_little_each_time_ends_too():
    assert 100 == tried(fail(Unreachable("gone"), fruitful=1000))[0]


def test_what_is_wrong_for_good_is_tried_once():
    assert (1, []) == tried(fail(BadReply("a web page")))


def test_the_archives_own_word_how_long_to_wait_is_kept():
    assert [7.0, 7.0] == tried(fail(RateLimited("slow", status=429, retry_after=7.0)))[1]


def test_nothing_is_waited_for_beyond_the_deadline():
    assert (1, []) == tried(fail(Unreachable("gone")), seconds=0.1)


def test_patience_is_short_until_the_file_comes():
    patience = DownloadDeadline(Bounds(answer=8, whole=900))

    assert 7 < patience.remaining() <= 8
    assert 8 == patience.seconds
    patience.relax()
    assert 890 < patience.remaining() <= 900
    assert 900 == patience.seconds


def test_patience_for_an_answer_does_not_outlast_that_for_everything():
    assert 5 >= DownloadDeadline(Bounds(answer=8, whole=5)).remaining()
