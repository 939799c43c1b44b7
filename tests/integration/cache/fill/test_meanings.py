"""What elements and levels mean is asked of O*NET once for all, and nothing else waits for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest
from support.clock import LIMITS, eventually
from support.fake_client import no_upstream
from support.made_up_release import write_meanings, write_release

from cache.db import database
from cache.entries.meanings import Anchor, read_meanings
from cache.fill.meanings import MeaningsFill
from cache.release.seed import seed
from cache.upstream import Upstream
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, MEANING_TABLES
from onet_client.errors import Forbidden, TimedOut
from onet_client.rows import AnchorRow, DescriptionRow

KNOTS = "2.B.1.a"


@dataclass
class MeaningClient:
    """Stands for an `OnetClient`, and for its `meanings`."""

    served: str = "30.3"
    offered: tuple[str, ...] = tuple(MEANING_TABLES)
    description: str = "Making knots."
    error: Exception | None = None
    may_answer: Event = field(default_factory=Event)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.may_answer.set()

    @property
    def meanings(self):
        return self

    def _called(self, what):
        self.asked.append(what)
        self.may_answer.wait(5)
        if self.error is not None:
            raise self.error

    def release(self, *, deadline):
        self._called("release")
        return self.served

    def tables(self, *, deadline):
        self._called("tables")
        return self.offered

    def descriptions(self, deadline):
        self._called("descriptions")
        return [DescriptionRow(KNOTS, "Knot Making", self.description)]

    def anchors(self, deadline):
        self._called("anchors")
        return [AnchorRow(KNOTS, "LV", 7, "Tie a hitch in the dark")]


ALL = ["release", "tables", "descriptions", "anchors"]


@pytest.fixture
def client():
    return MeaningClient()


@pytest.fixture
def make_fill(engine, client, clock):
    """Makes the fill of another process."""
    upstream = Upstream(client, "https://onet.test/", deadline=3.0)
    return lambda: MeaningsFill(engine, engine, upstream, LIMITS, clock, timeout=5.0)


@pytest.fixture
def load(engine, clock, tmp_path):
    """Loads a release that says what its elements mean."""
    release = write_meanings(write_release(tmp_path / "db_28_1_text"))
    return lambda: seed(engine, release, limits=LIMITS, now=clock)


def is_due(fill) -> bool:
    return fill.is_due(fill.read().sources)


def test_an_empty_database_is_filled_by_the_first_who_ask_in_one_flight(make_fill, client, engine):
    fills = [make_fill() for _ in range(3)]
    client.may_answer.clear()
    with ThreadPoolExecutor(9) as threads:
        asking = [threads.submit(fill.wait) for fill in fills * 3]
        eventually(["release"], lambda: client.asked)
        client.may_answer.set()
        for each in asking:
            each.result()

    assert ALL == client.asked
    found = fills[0].read().elements[KNOTS]
    assert ("Knot Making", "skills", "Making knots.") == found[1:4]
    assert (Anchor(7, "Tie a hitch in the dark"),) == found.anchors
    assert not any(map(is_due, fills))


def test_nobody_waits_for_what_is_begun(make_fill, client):
    fill = make_fill()
    client.may_answer.clear()

    fill.begin_if_due()

    assert {} == fill.read().elements
    client.may_answer.set()
    eventually([KNOTS], lambda: list(fill.read().elements))


def test_a_failure_leaves_what_is_held_and_the_upstream_alone(make_fill, client, load, clock):
    load()
    fill, held = make_fill(), make_fill().read()
    clock.advance(LIMITS.ttl)
    client.error = TimedOut("no answer")

    fill.wait()
    fill.wait()
    fill.begin()

    assert ["release"] == client.asked
    assert held == fill.read()
    assert is_due(fill)
    client.error = None
    make_fill().wait()  # another process: the lease was given back
    assert not is_due(fill)


def test_the_same_release_is_not_read_again(make_fill, client, clock):
    fill = make_fill()
    fill.wait()
    clock.advance(LIMITS.ttl)
    assert is_due(fill)
    client.asked.clear()

    fill.wait()

    assert ["release"] == client.asked
    assert {("api", "30.3", clock())} == {
        (source.origin, source.release, source.at) for source in fill.read().sources.values()
    }


def test_another_release_takes_the_place_of_what_was_loaded(make_fill, client, load, clock):
    load()
    fill = make_fill()
    assert not is_due(fill)
    clock.advance(LIMITS.ttl)

    fill.wait()

    assert ALL == client.asked
    assert {("api", "30.3", 1)} == {
        (source.origin, source.release, source.rows) for source in fill.read().sources.values()
    }


def test_a_table_that_is_not_offered_is_asked_for_again_after_the_negative_ttl(
    make_fill, client, clock
):
    client.offered = (ELEMENT_TABLE,)
    fill = make_fill()
    fill.wait()

    sources = fill.read().sources
    assert (1, 0) == (sources[ELEMENT_TABLE].rows, sources[ANCHOR_TABLE].rows)
    assert clock() + timedelta(seconds=LIMITS.negative_ttl) == fill.due_at(sources)
    clock.advance(LIMITS.negative_ttl)
    client.offered, client.asked = tuple(MEANING_TABLES), []
    fill.wait()
    assert ["release", "tables", "anchors"] == client.asked


def test_what_was_asked_for_before_a_release_was_loaded_is_not_published_after_it(
    make_fill, client, load, engine
):
    fill = make_fill()
    client.description = "Of before."
    client.may_answer.clear()
    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(fill.wait)
        eventually(["release"], lambda: client.asked)
        load()
        client.may_answer.set()
        asking.result()

    held = database.read(engine, read_meanings)
    assert "Making knots." == held.elements[KNOTS].description
    assert {"seed"} == {source.origin for source in held.sources.values()}


def test_a_refusal_is_no_answer_and_without_credentials_nobody_is_asked(make_fill, client, engine):
    client.error = Forbidden("no", status=403)
    make_fill().wait()
    assert {} == database.read(engine, read_meanings).sources

    alone = MeaningsFill(engine, engine, no_upstream(), LIMITS, lambda: None, timeout=5.0)
    alone.begin_if_due()
    assert None is alone.due_at({})
