"""What warming is tried with: a clock that stands still, tables of its own, a queue, a worker."""

import pytest
from support.clock import FakeClock
from support.fake_tables import FakeTables
from support.warming import make_worker

from cache.warm.jobs import WarmJobs


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def client():
    return FakeTables()


@pytest.fixture
def jobs(engine, clock):
    return WarmJobs(engine, clock)


@pytest.fixture
def worker(engine, client, clock):
    return make_worker(engine, client, clock)
