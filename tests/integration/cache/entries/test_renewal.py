"""One word of the upstream on its release renews every entry of it, or ages all others."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import update
from support.caches import process
from support.clock import LIMITS, START, FakeClock
from support.fills import fill, publish, rated
from support.made_up_release import RATED, TITLES
from support.tables import held, without

from cache.db.database import write
from cache.db.onet_tables import CacheEntry
from cache.entries.purge import purge
from cache.entries.renewal import Revalidation
from cache.entries.store import Store
from cache.reading import FillFailed, NoRatings
from onet_client.errors import NoData, UpstreamFailure

SEED_RELEASE, API_RELEASE = "28.1", "30.3"
FETCHED, NEGATIVE, UNKNOWN = "99-1001.00", "99-1002.00", "99-1003.00"
UNRATED = tuple(TITLES)[4]
STALE = LIMITS.ttl + 1


@pytest.fixture
def store(seeded_engine):
    """Five entries of the seed's release, one unrated, and three of the upstream's."""
    expiry, negative = LIMITS.expiry(START, "rated"), LIMITS.expiry(START, "empty")
    publish(seeded_engine, rated(FETCHED, expires_at=expiry))
    publish(seeded_engine, fill(NEGATIVE, "empty", title="Nobody", expires_at=negative))
    publish(seeded_engine, fill(UNKNOWN, expires_at=negative))
    return Store(seeded_engine)


@pytest.fixture
def revalidation(seeded_engine, clock):
    return Revalidation(seeded_engine, LIMITS, clock)


@pytest.fixture
def cache(seeded_engine, store, client, clock):
    return process(seeded_engine, client, clock)


def entries(store):
    codes = (*TITLES, FETCHED, NEGATIVE, UNKNOWN)
    return {stored.entry.code: stored.entry for stored in store.read("skills", codes)}


def expiries(store):
    return {code: entry.expires_at for code, entry in entries(store).items()}


def test_every_entry_of_the_release_lives_from_now_on_and_no_other(store, revalidation, clock):
    before = entries(store)
    clock.advance(STALE)

    assert len(TITLES) == revalidation.renew("skills", SEED_RELEASE)

    after = entries(store)
    assert {(LIMITS.expiry(clock.time, "rated"), clock.time)} == {
        (after[code].expires_at, after[code].validated_at) for code in TITLES
    }
    others = (FETCHED, NEGATIVE, UNKNOWN)
    assert [before[code] for code in others] == [after[code] for code in others]


def test_what_was_said_of_one_code_is_renewed_for_as_long_as_a_no_is_believed(
    store, revalidation, clock
):
    clock.advance(10)

    assert 2 == revalidation.renew("skills", API_RELEASE)

    found = expiries(store)
    assert LIMITS.expiry(clock.time, "rated") == found[FETCHED]
    assert LIMITS.expiry(clock.time, "empty") == found[NEGATIVE]
    assert LIMITS.expiry(START, "empty") == found[UNKNOWN]


def test_a_renewal_changes_times_alone(seeded_engine, store, revalidation, clock):
    times = ("expires_at", "validated_at", "changed_in")
    before = without(held(seeded_engine), *times)
    clock.advance(STALE)
    revalidation.renew("skills", SEED_RELEASE)

    assert before == without(held(seeded_engine), *times)


def test_a_purged_entry_is_not_renewed(seeded_engine, store, revalidation, clock):
    purge(seeded_engine, [RATED[0]])

    assert len(TITLES) - 1 == revalidation.renew("skills", SEED_RELEASE)
    found = entries(store)[RATED[0]]
    assert ("absent", None, None) == (found.state, found.expires_at, found.validated_at)


@pytest.mark.parametrize("change", ["renew", "mark_stale"])
def test_another_domain_is_left_alone(store, revalidation, clock, change):
    before = entries(store)
    clock.advance(10)

    assert 0 == getattr(revalidation, change)("knowledge", SEED_RELEASE)
    assert before == entries(store)


def test_a_new_release_ends_the_freshness_of_every_other_ones_entries(store, revalidation, clock):
    before = entries(store)
    clock.advance(10)

    assert len(TITLES) == revalidation.mark_stale("skills", API_RELEASE)

    after = entries(store)
    assert {clock.time} == {after[code].expires_at for code in TITLES}
    others = (FETCHED, NEGATIVE, UNKNOWN)
    assert [before[code] for code in others] == [after[code] for code in others]
    assert 0 == revalidation.mark_stale("skills", API_RELEASE)


def test_an_entry_of_no_known_release_is_one_of_another(seeded_engine, store, revalidation, clock):
    nameless = update(CacheEntry).where(CacheEntry.occupation_code == RATED[0])
    write(seeded_engine, lambda connection: connection.execute(nameless.values(release=None)))

    assert len(TITLES) - 1 == revalidation.renew("skills", SEED_RELEASE)
    assert 1 + 2 == revalidation.mark_stale("skills", SEED_RELEASE)
    assert clock.time == expiries(store)[RATED[0]]


def test_what_is_stale_already_keeps_the_moment_it_became_so(store, revalidation, clock):
    before = expiries(store)
    clock.advance(STALE)

    assert 0 == revalidation.mark_stale("skills", "31.0")
    assert before == expiries(store)


def test_a_code_that_is_unknown_outlives_a_new_release_for_its_time(store, revalidation, clock):
    revalidation.mark_stale("skills", "31.0")

    found = expiries(store)
    assert (clock.time, LIMITS.expiry(START, "empty")) == (found[FETCHED], found[UNKNOWN])


@pytest.mark.parametrize("past", [0, LIMITS.stale_while_revalidate + 1, LIMITS.stale_if_error])
def test_one_refresh_of_an_unchanged_release_is_one_request_for_all_its_entries(
    cache, store, client, clock, past
):
    client.served = SEED_RELEASE
    clock.advance(LIMITS.ttl + past)
    cache.refresh("skills", RATED[0])

    assert ["hit"] * len(RATED) == [one.outcome for one in cache.read("skills", RATED)]
    with pytest.raises(NoRatings) as none:
        cache.read("skills", [UNRATED])
    assert "hit" == none.value.reading.outcome
    assert [("release", "")] == client.calls
    assert START + timedelta(seconds=LIMITS.ttl) == entries(store)[FETCHED].expires_at


def test_a_read_of_an_old_entry_of_an_unchanged_release_serves_what_it_had_as_fresh(
    cache, client, clock
):
    (before,) = cache.read("skills", [RATED[1]])
    client.served = SEED_RELEASE
    clock.advance(LIMITS.ttl + LIMITS.stale_while_revalidate + 1)

    (reading,) = cache.read("skills", [RATED[1]])

    assert ("refreshed", before.profile, clock.time) == (
        reading.outcome,
        reading.profile,
        reading.entry.current_at,
    )
    assert [("release", "")] == client.calls


def test_an_entry_beyond_its_last_use_is_fetched_although_its_release_is_unchanged(
    cache, client, clock
):
    client.served = SEED_RELEASE
    clock.advance(LIMITS.ttl + LIMITS.stale_if_error + 1)

    (reading,) = cache.read("skills", [RATED[0]])

    assert ("filled", "api") == (reading.outcome, reading.entry.origin)
    assert [("release", ""), ("occupation", RATED[0]), ("ratings", RATED[0])] == client.calls


def test_what_is_purged_while_the_release_is_asked_for_is_fetched(
    cache, seeded_engine, client, clock
):
    client.served = SEED_RELEASE
    clock.advance(STALE)

    def purge_once(method):
        client.on_call = lambda _method: None
        purge(seeded_engine, None)

    client.on_call = purge_once

    entry = cache.refresh("skills", RATED[0])

    assert ("rated", "api", clock.time) == (entry.state, entry.origin, entry.fetched_at)
    assert [("release", "")] * 2 == client.calls[:2]


def test_the_first_entry_that_is_stored_of_a_new_release_makes_those_before_it_stale(
    cache, store, client, clock
):
    clock.advance(10)
    client.served = "31.0"
    cache.read("skills", ["99-1009.00"])

    found = cache.read("skills", [*RATED, FETCHED])

    assert {("stale", clock.time)} == {(one.outcome, one.entry.expires_at) for one in found}
    assert "hit" == cache.read("skills", ["99-1009.00"])[0].outcome


def test_a_release_that_failed_to_be_filled_ages_nothing(cache, store, client, clock):
    before = expiries(store)
    clock.advance(10)
    client.served, client.errors = "31.0", {"ratings": UpstreamFailure("no")}
    with pytest.raises(FillFailed):
        cache.read("skills", ["99-1009.00"])

    assert before == expiries(store)


def test_an_expired_no_is_asked_for_again_although_its_release_is_unchanged(cache, client, clock):
    client.served, client.errors = API_RELEASE, {"ratings": NoData("no")}
    clock.advance(LIMITS.negative_ttl)

    with pytest.raises(NoRatings) as none:
        cache.read("skills", [NEGATIVE])

    assert "filled" == none.value.reading.outcome
    assert ("ratings", NEGATIVE) in client.calls


@pytest.mark.parametrize(("seconds", "outdated"), [(-1, True), (0, False), (1, False)])
def test_the_word_on_a_release_is_overtaken_by_what_was_fetched_of_another_one_later(
    seeded_engine, seconds, outdated
):
    publish(seeded_engine, rated(FETCHED, release="99.9", fetched_at=START))
    revalidation = Revalidation(seeded_engine, LIMITS, FakeClock())
    asked_at = START + timedelta(seconds=seconds)

    assert outdated == revalidation.is_outdated("skills", SEED_RELEASE, asked_at)
    assert not revalidation.is_outdated("skills", "99.9", asked_at)


def test_a_renewal_that_another_release_overtook_is_tried_again_at_once(
    cache, seeded_engine, client, clock
):
    client.served = SEED_RELEASE
    clock.advance(STALE)

    def overtake_once(_method):
        client.on_call = lambda _method: None
        clock.advance(1)
        publish(seeded_engine, rated("99-1009.00", release="31.0", fetched_at=clock.time))
        clock.advance(1)

    client.on_call = overtake_once
    began = time.monotonic()

    entry = cache.refresh("skills", RATED[0])

    assert [("release", "")] * 2 == client.calls
    assert clock.time == entry.validated_at
    assert time.monotonic() - began < 20  # a lease that was kept would be waited for
