"""GET /occupations/{code}/transitions: ranked as pair by pair, and of what is cached now."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from support.answers import freshness, members, problem
from support.caches import stand_still
from support.clock import LIMITS, FakeClock
from support.fills import CODE, figures, publish, rated
from support.made_up_release import JOB_ZONE_NAMES, RATED, TITLES, write_lists
from support.release_files import change
from support.skill_gap_oracle import Oracle

from app.transitions import service as transitions_service
from app.wiring.container import services_of
from cache.entries.purge import purge
from cache.release.seed import seed

ALL = 2_000
DIRECTIONS = ("to", "from")
UNLISTED = "99-1000.00"
TOLD = ("id", "name", "level_gap", "priority")
"""What is told of a gap."""

directions = pytest.mark.parametrize("direction", DIRECTIONS)


def target(code: str, **query: Any) -> str:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/occupations/{code}/transitions?{given}"


Ask = Callable[..., Any]


@pytest.fixture
def ask(full: FlaskClient) -> Ask:
    """Ask for transitions of the whole release, and get the body."""

    def ask(code: str, **query: Any) -> Any:
        answer = full.get(target(code, **query))
        assert 200 == answer.status_code, answer.text
        return answer.get_json()

    return ask


def codes(body: Any) -> list[str]:
    return [one["code"] for one in body["transitions"]]


def _pair(direction: str, code: str, other: str) -> tuple[str, str]:
    return (code, other) if direction == "to" else (other, code)


@directions
def test_what_is_listed_is_what_skill_gap_answers(
    ask: Ask, full: FlaskClient, direction: str
) -> None:
    def gap(pair: tuple[str, str], domain: str) -> Any:
        query = f"from={pair[0]}&to={pair[1]}&domain={domain}&include=covered"
        return full.get(f"/skill-gap?{query}").get_json()

    body = ask("15-1254.00", direction=direction, limit=10)
    assert ["skills", "knowledge"] == body["domains"]
    for one in body["transitions"]:
        pair = _pair(direction, "15-1254.00", one["code"])
        there = [gap(pair, domain) for domain in body["domains"]]
        back = [gap(pair[::-1], domain) for domain in body["domains"]]
        ready, used = (
            sum(each["summary"]["readiness"] for each in both) / 2 for both in (there, back)
        )
        wanted = [ready, used, (ready + used) / 2]
        assert wanted == pytest.approx(
            [one["readiness"], one["utilization"], one["fit"]], abs=0.0000501
        )
        gaps = [(item, each["domain"]) for each in there for item in each["gaps"]]
        gaps.sort(key=lambda item: -item[0]["priority"])
        assert one["gaps"] == [
            {"domain": domain} | {name: item[name] for name in TOLD} for item, domain in gaps[:3]
        ]
        covered = [(item, each["domain"]) for each in there for item in each["covered"]]
        covered.sort(key=lambda item: -item[0]["to"]["importance"])
        assert one["carries_over"] == [
            {"domain": domain, "id": item["id"], "name": item["name"]}
            | {name: item["to"][name] for name in ("level", "importance")}
            for item, domain in covered[:3]
        ]
        assert one["title"] == there[0]["to" if direction == "to" else "from"]["title"]


def test_the_answer_says_what_was_compared_and_where_it_comes_from(ask: Ask) -> None:
    body = ask("15-1254")

    assert {"code": "15-1254.00", "title": "Web Developers"} == body["occupation"]
    assert ("to", "fit") == (body["direction"], body["rank"])
    assert ["skills", "knowledge"] == body["domains"] == list(body["sources"])
    assert (879, 1016) == (body["compared"], body["occupations_listed"])
    assert ("seed", "29.0", "fresh") == tuple(
        body["sources"]["knowledge"][name] for name in ("origin", "release", "state")
    )
    assert "O*NET 29.0 Database" in body["attribution"]


def test_limit_cuts_the_list_and_nothing_else(ask: Ask) -> None:
    whole = ask("15-1254.00", limit=ALL)

    assert 878 == len(whole["transitions"])
    assert whole["transitions"][:20] == ask("15-1254.00")["transitions"]
    assert whole["transitions"][:1] == ask("15-1254.00", limit=1)["transitions"]


def test_job_zones_keep_their_occupations_in_the_order_of_all(ask: Ask) -> None:
    whole = ask("15-1254.00", limit=ALL)["transitions"]

    assert (878, {1, 2, 3, 4, 5}) == (len(whole), {one["job_zone"] for one in whole})
    for asked in ("1", "2", "3", "4", "5", "3,4", "4,3,4"):
        zones = {int(zone) for zone in asked.split(",")}
        body = ask("15-1254.00", job_zone=asked, limit=ALL)
        assert [one for one in whole if one["job_zone"] in zones] == body["transitions"]
        assert 879 == body["compared"]


def test_the_job_zones_held_are_told_by_their_numbers_where_no_release_names_them(
    ask: Ask, full_release: Any
) -> None:
    lines = (full_release / "Job Zones.txt").read_text(encoding="utf-8").splitlines()[1:]
    zones = sorted({int(line.split("\t")[1]) for line in lines})

    told = ask("15-1254.00", limit=1)["job_zones"]
    assert zones == [one["zone"] for one in told]
    if not (full_release / "Job Zone Reference.txt").exists():
        assert {None} == {one["name"] for one in told}


def test_a_job_zone_that_is_not_held_is_refused_with_those_that_are(full: FlaskClient) -> None:
    answer = full.get("/occupations/15-1254.00/transitions?job_zone=4,6")

    assert (422, "invalid-parameter") == problem(answer)
    said = "No occupation held is in job zone 6; held are 1, 2, 3, 4 and 5."
    assert [{"parameter": "job_zone", "detail": said}] == answer.get_json()["errors"]


def test_where_no_job_zone_is_held_none_is_offered_and_any_is_refused(
    starter: FlaskClient,
) -> None:
    assert [] == starter.get(target("15-1254.00", limit=1)).get_json()["job_zones"]
    answer = starter.get(target("15-1254.00", job_zone=4))

    assert (422, "invalid-parameter") == problem(answer)
    said = "No job zones are held; `flask seed latest` brings them."
    assert [{"parameter": "job_zone", "detail": said}] == answer.get_json()["errors"]


def test_related_occupations_are_marked_with_their_tier(ask: Ask, full_release: Any) -> None:
    lines = (full_release / "Related Occupations.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    listed = {row[1]: row[2] for row in rows if row[0] == "15-1254.00"}

    body = ask("15-1254.00", limit=ALL)
    shown = {one["code"]: one["related"] for one in body["transitions"] if one["related"]}
    assert shown
    assert {code: tier for code, tier in listed.items() if code in codes(body)} == shown


@pytest.mark.parametrize("asked", [{"domain": "knowledge"}, {"domains": "knowledge"}])
def test_a_domain_alone_is_ranked_by_its_own_ratings(
    ask: Ask, full: FlaskClient, asked: dict[str, str]
) -> None:
    body = ask("15-1254.00", limit=5, **asked)

    assert ["knowledge"] == body["domains"]
    for one in body["transitions"]:
        gap = full.get(f"/skill-gap?domain=knowledge&from=15-1254.00&to={one['code']}").get_json()
        assert gap["summary"]["readiness"] == one["readiness"]


def test_domains_are_in_one_order_and_those_without_ratings_are_passed_over(
    ask: Ask, starter: FlaskClient
) -> None:
    both = ask("15-1254.00", domains="knowledge,skills,knowledge")

    assert ask("15-1254.00") == both
    alone = starter.get(target("15-1254.00", limit=1)).get_json()
    assert ["skills"] == alone["domains"] == list(alone["sources"])


def test_readiness_can_rank_and_bound(ask: Ask) -> None:
    by_fit = ask("15-1254.00", limit=ALL)["transitions"]
    by_readiness = ask("15-1254.00", rank="readiness", limit=ALL)["transitions"]

    assert by_fit == sorted(by_fit, key=lambda one: (-one["fit"], one["code"]))
    assert by_readiness == sorted(by_readiness, key=lambda one: (-one["readiness"], one["code"]))
    bounded = ask("15-1254.00", min_readiness=0.9, limit=ALL)["transitions"]
    assert [one for one in by_fit if one["readiness"] >= 0.9] == bounded
    assert 0 < len(bounded) < len(by_fit)


@directions
def test_a_change_of_zone_is_that_of_the_step(ask: Ask, full_release: Path, direction: str) -> None:
    rows = (full_release / "Job Zones.txt").read_text(encoding="utf-8").splitlines()
    own = next(int(row.split("\t")[1]) for row in rows if row.startswith("15-1254.00"))
    whole = ask("15-1254.00", direction=direction, limit=ALL)["transitions"]
    sign = 1 if direction == "to" else -1

    for asked, changes in (("-1..1", (-1, 0, 1)), ("0", (0,)), ("-9..-1", range(-9, 0))):
        body = ask("15-1254.00", direction=direction, zone_change=asked, limit=ALL)
        wanted = [one for one in whole if sign * (one["job_zone"] - own) in changes]
        assert wanted == body["transitions"] != [], asked


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("Web%20Developers", "15-1254.00"),
        ("registered nurses", "29-1141.00"),
        ("Dispatchers, Except Police, Fire, and Ambulance", "43-5032.00"),
        ("Biochemists and Biophysicists ", "19-1021.00"),
        ("Team Assemblers", "51-2092.00"),
        ("Claims Adjusters, Examiners, and Investigators", "13-1031.00"),
        ("Obstetricians and Gynecologists", "29-1218.00"),
    ],
)
def test_an_occupation_is_named_by_its_title_too(ask: Ask, named: str, code: str) -> None:
    assert ask(code, limit=3) == ask(named, limit=3)


def test_a_title_with_a_slash_is_one(ask: Ask, oracle: Oracle) -> None:
    code, title = next(
        (code, title)
        for code, title in sorted(oracle.titles.items())
        if "/" in title and code in oracle.rows
    )

    assert code == ask(title)["occupation"]["code"]


def test_what_is_no_title_is_answered_with_what_may_be_meant(full: FlaskClient) -> None:
    answer = full.get(target("web develper"))

    assert (422, "invalid-parameter") == problem(answer)
    found = answer.get_json()["candidates"]["code"]
    assert "15-1254.00" in [one["code"] for one in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("nonsense", (422, "invalid-parameter")),
        ("99-9999.99", (404, "occupation-not-found")),
        ("25-2032.00", (503, "upstream-not-configured")),
    ],
)
def test_an_occupation_without_an_answer_is_the_problem_of_skill_gap(
    starter: FlaskClient, code: str, expected: tuple[int, str]
) -> None:
    answer = starter.get(target(code))
    other = starter.get(f"/skill-gap?from={code}&to={code}")

    assert expected == problem(answer) == problem(other)
    assert other.headers.get("Cache-Status") == answer.headers.get("Cache-Status")


def test_an_occupation_without_ratings_is_told(full: FlaskClient, oracle: Oracle) -> None:
    empty = next(code for code in sorted(oracle.titles) if code not in oracle.rows)

    assert (404, "no-ratings") == problem(full.get(target(empty)))


class World:
    """An application over the made-up release, whose looks for changes a test decides."""

    def __init__(self, client: FlaskClient, engine: Engine) -> None:
        self.client = client
        self.engine = engine
        self.services = services_of(client.application)
        self.changes = stand_still(self.services.changes)

    def get(self, code: str = CODE, **query: Any) -> Any:
        headers = query.pop("headers", {})
        return self.client.get(target(code, **query), headers=headers)

    def codes(self, code: str = CODE, **query: Any) -> list[str]:
        return codes(self.get(code, **query).get_json())

    def publish(self, *args: Any, **other: Any) -> None:
        publish(self.engine, rated(*args, **other))


@pytest.fixture
def world(open_app: Callable[..., FlaskClient], seeded_engine: Engine) -> World:
    client = open_app(
        seeded_engine.url,
        cache_ttl=LIMITS.ttl,
        cache_stale_while_revalidate=LIMITS.stale_while_revalidate,
        cache_stale_if_error=LIMITS.stale_if_error,
    )
    return World(client, seeded_engine)


OTHERS = [code for code in RATED if code != CODE]


def test_headers_are_those_of_the_one_entry_for_a_minute_at_most(
    world: World, clock: FakeClock
) -> None:
    clock.advance(5)
    first = world.get()

    assert [("skillgap", {"hit": True, "ttl": LIMITS.ttl - 5, "key": f"skills/{CODE}"})] == members(
        first
    )
    assert ("5", 60) == (first.headers["Age"], freshness(first)["left"])
    clock.advance(LIMITS.ttl - 35)
    assert 30 == freshness(world.get())["left"]
    clock.advance(35)
    late = world.get()
    assert 0 == freshness(late)["left"]
    assert "stale" == late.get_json()["sources"]["skills"]["state"]


def test_the_etag_changes_with_the_ratings_of_another_occupation(world: World) -> None:
    etag = world.get().headers["ETag"]

    world.publish(RATED[0], "6.0000")
    world.changes.look()

    answer = world.get(headers={"If-None-Match": etag})
    assert 200 == answer.status_code
    assert etag != answer.headers["ETag"]


def test_the_same_question_is_answered_without_a_statement_while_nothing_changes(
    world: World,
) -> None:
    first = world.get()
    statements: list[str] = []
    event.listen(
        world.services.reader, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    assert first.data == world.get().data
    assert [] == statements
    world.get(direction="from")
    (statement,) = [one for one in statements if one.startswith("SELECT")]
    assert "related_occupation" in statement


def test_a_question_by_code_is_answered_in_front_of_flask_until_any_entry_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.get()
    monkeypatch.setattr(world.client.application.wsgi_app, "_inner", lambda *_: 1 / 0)

    again = world.get()
    assert (first.data, first.headers["ETag"]) == (again.data, again.headers["ETag"])
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"]
    assert 60 == freshness(again)["left"]
    world.publish(UNLISTED)
    world.changes.look()
    with pytest.raises(ZeroDivisionError):
        world.get()


def test_the_first_ratings_of_another_domain_change_what_is_compared(world: World) -> None:
    assert ["skills"] == world.get().get_json()["domains"]

    names = {"2.C.1.a": "Knots"}
    given = [figures("2.C.1.a", scale, "3.0000") for scale in ("LV", "IM")]
    for code in (CODE, RATED[0]):
        world.publish(code, domain="knowledge", names=names, figures=given)
    world.changes.look()

    assert ["skills", "knowledge"] == world.get().get_json()["domains"]
    assert ["skills"] == world.get(RATED[2]).get_json()["domains"]


def test_what_may_be_another_answer_soon_is_not_kept(world: World, clock: FakeClock) -> None:
    kept = world.client.application.wsgi_app._answers
    world.get(TITLES[CODE])
    assert 0 == len(kept)
    world.publish(CODE, expires_at=clock() + timedelta(days=999))
    world.changes.look()
    clock.advance(LIMITS.ttl + 1)  # the others are stale by now, and some day too old

    world.get()
    assert 0 == len(kept)


def test_kept_answers_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = world.codes(limit=2_000)
    monkeypatch.setattr(transitions_service, "CAPACITY", 6_000)
    for code in RATED:
        for limit in range(1, 4):
            world.codes(code, limit=limit)
    assert whole == world.codes(limit=2_000)

    (kept,) = world.services.transitions._kept.values()
    texts = [ranked.transitions for _, ranked in kept.rankings.values()]
    assert 0 < sum(map(len, texts)) + len(texts) * transitions_service.OVERHEAD <= 6_000


@pytest.mark.parametrize(
    ("change", "left"),
    [
        pytest.param(lambda world: purge(world.engine, [RATED[0]]), OTHERS[1:], id="a purge"),
        pytest.param(lambda world: world.publish(UNLISTED), [*OTHERS, UNLISTED], id="a fill"),
    ],
)
def test_a_change_shows_after_a_look(
    world: World, change: Callable[[World], object], left: list[str]
) -> None:
    before = world.get().get_json()
    change(world)
    assert sorted(OTHERS) == sorted(world.codes())

    world.changes.look()

    after = world.get().get_json()
    assert left == sorted(codes(after))
    assert len(left) + 1 == after["compared"]
    listed = before["occupations_listed"] + (UNLISTED in left)
    assert (len(TITLES), listed) == (before["occupations_listed"], after["occupations_listed"])


def test_job_zones_are_those_of_the_release_that_was_loaded_last(
    world: World, made_up_release: Path
) -> None:
    def told() -> list[tuple[int, str | None]]:
        return [(one["zone"], one["name"]) for one in world.get().get_json()["job_zones"]]

    def load() -> None:
        seed(world.engine, made_up_release, limits=LIMITS, now=FakeClock())
        world.changes.look()

    assert [] == told()
    write_lists(made_up_release)
    load()
    assert [(zone, JOB_ZONE_NAMES.get(zone)) for zone in (1, 3, 5)] == told()
    assert ["11-9001.00"] == world.codes(job_zone="1,5")

    change(made_up_release / "Job Zones.txt", "53-9005.00\t1", "53-9005.00\t2")
    reference = made_up_release / "Job Zone Reference.txt"
    reference.write_text("Name\tJob Zone\nJob Zone 1-2: Some\t2\n", encoding="utf-8")
    load()
    assert [(2, "Job Zone 1-2: Some"), (3, None), (5, None)] == told()
    assert (422, "invalid-parameter") == problem(world.get(job_zone=1))


def test_an_occupation_filled_since_the_others_were_read_is_ranked_at_once(world: World) -> None:
    world.get()
    world.publish(UNLISTED)

    answer = world.get(UNLISTED)
    assert sorted(RATED) == sorted(codes(answer.get_json()))
    assert 5 == answer.get_json()["compared"]
