"""Cache-Status, Age, Cache-Control, ETag and If-None-Match on what is made of entries."""

import pytest
from flask.testing import FlaskClient
from support.answers import freshness, members
from support.clock import FakeClock
from support.structured_fields import parse_list

GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"
OTHER_GAP = "/skill-gap?from=15-1254.00&to=11-1011.00"
OCCUPATION = "/occupations/15-1254.00"
TTL = 7_776_000
"""Seconds that a seeded entry is fresh by default."""
MAX_AGE, SIE = 3_600, 31_536_000
"""Defaults of CACHE_MAX_AGE and CACHE_STALE_IF_ERROR."""

both = pytest.mark.parametrize("target", [GAP, OCCUPATION])


def test_cache_status_has_one_member_an_entry_in_the_order_asked(starter: FlaskClient) -> None:
    source, target = "skills/11-1011.00", "skills/15-1254.00"

    assert [
        ("skillgap", {"hit": True, "ttl": TTL, "key": source}),
        ("skillgap", {"hit": True, "ttl": TTL, "key": target}),
    ] == members(starter.get(GAP))
    assert [target, source] == [member["key"] for _, member in members(starter.get(OTHER_GAP))]
    assert [target] == [member["key"] for _, member in members(starter.get(OCCUPATION))]


def test_an_entry_that_both_sides_name_is_read_once(starter: FlaskClient) -> None:
    answer = starter.get("/skill-gap?from=15-1254&to=15-1254.00")

    assert ["skills/15-1254.00"] == [member["key"] for _, member in members(answer)]


@both
@pytest.mark.parametrize("passed", [0, 0.9, 1, 59.5, 86_400, TTL - 1, TTL - 0.25])
def test_age_and_max_age_follow_the_clock_and_never_pass_the_freshness(
    starter: FlaskClient, clock: FakeClock, target: str, passed: float
) -> None:
    clock.advance(passed)
    answer = starter.get(target)

    assert str(int(passed)) == answer.headers["Age"]
    (ttl,) = {member["ttl"] for _, member in members(answer)}
    assert TTL - passed - 1 < ttl <= TTL - passed
    left = min(MAX_AGE, ttl)
    assert {"left": left, "behind": left // 60, "error": SIE} == freshness(answer)


@both
def test_a_clock_behind_the_one_that_stored_gives_no_negative_age(
    starter: FlaskClient, clock: FakeClock, target: str
) -> None:
    clock.advance(-5)

    assert "0" == starter.get(target).headers["Age"]


@both
@pytest.mark.parametrize("past", [0, 0.5, 604_800, 604_801, 31_536_000])
def test_an_entry_past_its_freshness_is_served_stale_and_not_to_be_stored(
    starter: FlaskClient, clock: FakeClock, target: str, past: float
) -> None:
    clock.advance(TTL + past)
    answer = starter.get(target)

    assert 200 == answer.status_code
    error = max(0, int(SIE - past // 1 - (past % 1 > 0)))  # as long as it would be served here
    assert {"left": 0, "behind": 0, "error": error} == freshness(answer)
    body = answer.get_json()
    entries = body["sources"].values() if "sources" in body else [body["cache"]]
    assert {"stale"} == {entry["state"] for entry in entries}
    for _, member in members(answer):
        assert member["hit"]
        assert -past - 1 < member["ttl"] <= -past


def test_an_entry_past_all_use_is_not_served(starter: FlaskClient, clock: FakeClock) -> None:
    clock.advance(TTL + 31_536_000 + 1)

    assert 503 == starter.get(OCCUPATION).status_code


@both
def test_the_etag_is_strong_lasts_with_the_content_and_differs_with_it(
    starter: FlaskClient, clock: FakeClock, target: str
) -> None:
    etag = starter.get(target).headers["ETag"]
    clock.advance(3_600)

    assert etag.startswith('"')
    assert etag == starter.get(target).headers["ETag"]
    assert etag != starter.get(OTHER_GAP).headers["ETag"]
    clock.advance(TTL)  # the state in the body has changed
    assert etag != starter.get(target).headers["ETag"]


@both
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "sent", ["{etag}", '"x", {etag}', '{etag} , "y"', "W/{etag}", 'W/"x",W/{etag}', "*"]
)
def test_a_copy_that_still_holds_is_answered_304_without_a_body(
    starter: FlaskClient, target: str, method: str, sent: str
) -> None:
    whole = starter.get(target)
    headers = {"If-None-Match": sent.format(etag=whole.headers["ETag"])}
    answer = starter.open(target, method=method, headers=headers)

    assert (304, b"") == (answer.status_code, answer.data)
    # RFC 9110 section 15.4.5: what a 200 would have said to caches.
    for name in ("ETag", "Cache-Control", "Cache-Status", "Age"):
        assert whole.headers[name] == answer.headers[name]
    assert "Content-Type" not in answer.headers


@both
@pytest.mark.parametrize(
    "sent",
    ['"x"', '"x", W/"y"', "", "nonsense", "{bare}", '"{bare}x"', "w/{etag}x", '"*"'],
)
def test_another_copy_is_answered_whole(starter: FlaskClient, target: str, sent: str) -> None:
    whole = starter.get(target)
    etag = whole.headers["ETag"]
    bare = etag.strip('"')
    if sent == "{bare}":
        bare = bare[:-1]  # an unquoted tag is taken by some for the quoted one
    answer = starter.get(target, headers={"If-None-Match": sent.format(etag=etag, bare=bare)})

    assert (200, whole.data) == (answer.status_code, answer.data)


def test_a_copy_of_one_answer_is_none_of_another(starter: FlaskClient) -> None:
    etag = starter.get(GAP).headers["ETag"]

    for target in (f"{GAP}&limit=1", f"{GAP}&sort=name", f"{GAP}&include=covered", OTHER_GAP):
        assert 200 == starter.get(target, headers={"If-None-Match": etag}).status_code


@pytest.mark.parametrize(
    "target",
    ["/skill-gap?from=15-1252&to=15-1254", "/occupations/99-9999.99", "/skill-gap?from=x"],
)
@pytest.mark.parametrize("etag", ["*", '"x"'])
def test_an_error_is_never_answered_304(full: FlaskClient, target: str, etag: str) -> None:
    answer = full.get(target, headers={"If-None-Match": etag})

    assert answer.status_code in (404, 422)
    assert "no-store" == answer.headers["Cache-Control"]


def test_an_error_tells_which_entries_were_read(full: FlaskClient) -> None:
    answer = full.get("/skill-gap?from=11-1011.00&to=15-1252.00")

    assert [
        ("skillgap", {"hit": True, "ttl": TTL, "key": "skills/11-1011.00"}),
        ("skillgap", {"hit": True, "ttl": TTL, "key": "skills/15-1252.00"}),
    ] == members(answer)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", [("a", {})]),
        ("a; b, c;d=?0", [("a", {"b": True}), ("c", {"d": False})]),
        (r'x; k="a\"\\b, c"; n=-12; m=1.5', [("x", {"k": r'a"\b, c', "n": -12, "m": 1.5})]),
    ],
)
def test_the_reader_of_cache_status_reads(text: str, expected: object) -> None:
    assert expected == parse_list(text)


@pytest.mark.parametrize(
    "text", ["a,", ",a", "a b", "a; B", "a; k=", "a; k='x'", 'a; k="x', 'a; k="é"', "a; k=1.2345"]
)
def test_the_reader_of_cache_status_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        parse_list(text)
