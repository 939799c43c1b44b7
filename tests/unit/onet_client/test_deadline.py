import pytest

from onet_client.deadline import Deadline
from onet_client.errors import DeadlineExceeded


def test_a_deadline_runs_from_when_it_is_made(clock):
    deadline = Deadline(20.0, clock)
    assert 20.0 == deadline.remaining()

    clock.sleep(19.5)
    assert 0.5 == deadline.remaining()
    assert deadline.check() is None


@pytest.mark.parametrize("late", [0.0, 0.1, 1e6])
def test_a_deadline_that_passed_leaves_nothing(clock, late):
    deadline = Deadline(20.0, clock)
    clock.sleep(20.0 + late)

    assert 0.0 == deadline.remaining()
    with pytest.raises(DeadlineExceeded, match="20 seconds"):
        deadline.check()
