import io

import pytest

from onet_client.deadline import Deadline
from onet_client.deadline_adapter import _Reader, reading_until


class FakeSocket:
    def __init__(self, timeout):
        self.timeout = timeout

    def gettimeout(self):
        return self.timeout

    def settimeout(self, timeout):
        self.timeout = timeout


class Dripping(io.RawIOBase):
    """Gives a byte at a time, taking a second for each and noting the time-out it had."""

    def __init__(self, sock, clock):
        self.sock, self.clock, self.time_outs = sock, clock, []

    def readinto(self, buffer):
        self.time_outs.append(self.sock.timeout)
        self.clock.sleep(1.0)
        buffer[0:1] = b"a"
        return 1


@pytest.mark.parametrize(
    ("configured", "time_outs"), [(2.0, [2.0, 2.0, 1.5, 0.5]), (None, [3.5, 2.5, 1.5, 0.5])]
)
def test_a_read_waits_no_longer_than_the_deadline_leaves(clock, configured, time_outs):
    sock = FakeSocket(configured)
    raw = Dripping(sock, clock)
    reader = io.BufferedReader(_Reader(raw, sock))

    with reading_until(Deadline(3.5, clock)), pytest.raises(TimeoutError):
        reader.read(100)

    assert time_outs == raw.time_outs
    assert configured == sock.timeout


def test_closing_the_reader_closes_what_it_reads_from(clock):
    raw = Dripping(FakeSocket(1.0), clock)
    reader = io.BufferedReader(_Reader(raw, raw.sock))
    reader.close()

    assert raw.closed
