"""Call every operation by the client that openapi-generator made: URL, LONELY_URL, TOKEN.

The server at LONELY_URL has no upstream.
"""

import sys
from inspect import getmembers, isclass
from typing import Any
from uuid import uuid4

import openapi_client as m
from openapi_client.rest import ApiException

URL, LONELY_URL, TOKEN = sys.argv[1:]
APIS = [kind for name, kind in getmembers(m, isclass) if name.endswith("Api")]
OPERATIONS = {
    name.removesuffix("_with_http_info"): kind
    for kind in APIS
    for name in vars(kind)
    if name.endswith("_with_http_info")
}
Configuration = m.Configuration
called = set()


def ask(at: Any, name: str, kind: type, *path: Any, **options: Any) -> Any:
    """Call an operation, and return its answer, or its problem, once it has a type."""
    operations = OPERATIONS[name](m.ApiClient(at))
    try:
        answer = getattr(operations, name)(*path, **options)
    except ApiException as error:
        answer = error.data
    assert isinstance(answer, kind), (name, answer)
    called.add(name)
    return answer


def ask_of_the_public(public: Any) -> None:
    pair = {"var_from": "11-1011.00", "to": "Web Developers"}
    gap = ask(public, "get_skill_gap", m.SkillGap, **pair, limit=1)
    assert (gap.var_from.code, gap.to.code) == ("11-1011.00", "15-1254.00")
    assert isinstance(gap.gaps[0], m.Item)
    assert gap.gaps[0].to.level > gap.gaps[0].var_from.level
    pairs = [m.Pair(var_from="11-1011", to="15-1254"), m.Pair(var_from="11-1011", to="99-9999")]
    body = m.Batch(pairs=pairs, kind="higher_level", limit=1)
    first, second = ask(public, "post_skill_gap_batch", m.Answers, body).answers
    assert (first.status, first.answer.gaps[0].kind) == (200, "higher_level")
    assert (second.status, second.problem.status) == (404, 404)
    found = ask(public, "get_occupations", m.Occupations, q="web dev").occupations
    assert isinstance(found[0].matched, m.Matched)
    assert ask(public, "get_occupations", m.Occupations).occupations[0].matched is None
    one = ask(public, "get_occupation", m.Occupation, "15-1254")
    assert (one.title, type(one.ratings[0])) == ("Web Developers", m.Element)
    options = {"domains": ["skills", "knowledge"], "limit": 2}
    steps = ask(public, "get_occupation_transitions", m.Transitions, "15-1254", **options)
    assert len(steps.transitions) == 2
    assert options["domains"] == steps.domains
    assert steps.sources["skills"].origin == "seed"
    ask_about_elements(public)
    assert ask(public, "get_health", m.Health).status == "ok"
    assert ask(public, "get_health_ready", m.Health).status == "ok"
    assert "skillgap_database_up 1.0" in ask(public, "get_metrics", str)


def ask_about_elements(public: Any) -> None:
    listed = ask(public, "get_elements", m.Elements)
    one = ask(public, "get_element", m.OneElement, listed.elements[0].id)
    assert one.name == listed.elements[0].name
    assert isinstance(one.scale, m.Scale)


def ask_with_own_levels(public: Any) -> None:
    own = m.Own(occupations=["15-1254"], ratings={"2.B.3.e": 4.5})
    body = m.OwnGapQuery(var_from=own, to="11-1011", limit=1)
    gap = ask(public, "post_skill_gap", m.OwnGap, body)
    assert (gap.var_from.ratings, gap.var_from.occupations[0].code) == (1, "15-1254.00")
    body = m.OwnTransitionsQuery(var_from=own, limit=2)
    steps = ask(public, "post_transitions", m.OwnTransitions, body)
    assert isinstance(steps.transitions[1], m.Transition)


def ask_for_csv(public: Any) -> None:
    """What is no JSON is read from the answer as it came."""
    operations = m.SkillGapApi(m.ApiClient(public))
    answer = operations.get_skill_gap_without_preload_content("11-1011", "15-1254", format="csv")
    assert answer.read().startswith(b"from_code,")


def ask_in_vain(public: Any, lonely: Any) -> None:
    unknown = ask(public, "get_skill_gap", m.Problem, "99-9999", "15-1254")
    assert unknown.type.endswith(":occupation-not-found")
    unclear = ask(public, "get_skill_gap", m.Problem, "cheif executive", "15-1254")
    assert (unclear.status, len(unclear.candidates["from"]) > 0) == (422, True)
    away = ask(lonely, "get_occupation", m.Problem, "19-1042")
    assert away.type.endswith(":upstream-not-configured")


def ask_as_operator(admin: Any, anybody: Any) -> None:
    held = ask(admin, "get_admin_cache", m.CacheSummary)
    assert isinstance(held.last_load, m.Load)
    assert held.upstream.configured is True
    page = ask(admin, "get_admin_cache_entries", m.CacheEntries, limit=1)
    assert (len(page.entries), page.entries[0].fetched_at.tzinfo is not None) == (1, True)
    scopes = [m.WarmCodes(codes=["19-1042.00"]), m.WarmAll(all=True), m.WarmStale(stale=True)]
    bodies = [m.PostAdminCacheWarmRequest(scope) for scope in scopes]
    jobs = [ask(admin, "post_admin_cache_warm", m.Job, body) for body in bodies]
    job = ask(admin, "get_admin_cache_job", m.JobStatus, jobs[0].id)
    assert (job.id, job.total, job.finished_at) == (jobs[0].id, 1, None)
    assert ask(admin, "get_admin_cache_job", m.Problem, uuid4().hex).status == 404
    assert ask(admin, "delete_admin_cache_entry", m.Purged, "15-1254.00").purged > 0
    assert ask(admin, "delete_admin_cache_entries", m.Purged).purged > 0
    assert ask(anybody, "get_admin_cache", m.Problem).status == 401


public = Configuration(host=URL)
ask_of_the_public(public)
ask_with_own_levels(public)
ask_for_csv(public)
ask_in_vain(public, Configuration(host=LONELY_URL))
ask_as_operator(Configuration(host=URL, access_token=TOKEN), public)
assert called == set(OPERATIONS), f"not called: {set(OPERATIONS) - called}"
