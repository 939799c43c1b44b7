"""What warming is tried with: tables of its own, a queue, a worker."""

import pytest
from support.fake_tables import FakeTables
from support.warming import make_worker

from cache.warm.jobs import WarmJobs


@pytest.fixture
def client():
    return FakeTables()


@pytest.fixture
def jobs(engine, clock):
    return WarmJobs(engine, clock)


@pytest.fixture
def worker(engine, client, clock):
    return make_worker(engine, client, clock)
