"""Call every operation by the client that openapi-python-client made: URL, LONELY_URL, TOKEN.

The server at LONELY_URL has no upstream.
"""

import sys
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from uuid import uuid4

from skill_gap_client import AuthenticatedClient, Client, api
from skill_gap_client import models as m

URL, LONELY_URL, TOKEN = sys.argv[1:]
NAME = "skill_gap_client.api."
OPERATIONS = {
    found.name.rpartition(".")[2]: import_module(found.name)
    for found in walk_packages(api.__path__, NAME)
    if not found.ispkg
}
called = set()


def ask(client: Any, name: str, status: int, kind: type, *path: str, **options: Any) -> Any:
    """Call an operation, and return its answer once it has a status and a type."""
    answer = OPERATIONS[name].sync_detailed(*path, client=client, **options)
    assert answer.status_code == status, (name, answer)
    assert isinstance(answer.parsed, kind), (name, answer.parsed)
    called.add(name)
    return answer.parsed


def ask_of_the_public(public: Client) -> None:
    pair = {"from_": "11-1011.00", "to": "Web Developers"}
    gap = ask(public, "get_skill_gap", 200, m.SkillGap, **pair, limit=1)
    assert (gap.from_.code, gap.to.code) == ("11-1011.00", "15-1254.00")
    assert isinstance(gap.gaps[0], m.Item)
    assert gap.gaps[0].to.level > gap.gaps[0].from_.level
    pairs = [m.Pair(from_="11-1011", to="15-1254"), m.Pair(from_="11-1011", to="99-9999")]
    body = m.Batch(pairs=pairs, kind=m.BatchKindType1.HIGHER_LEVEL, limit=1)
    first, second = ask(public, "post_skill_gap_batch", 200, m.Answers, body=body).answers
    assert (first.status, first.answer.gaps[0].kind) == (200, "higher_level")
    assert (second.status, second.problem.status) == (404, 404)
    found = ask(public, "get_occupations", 200, m.Occupations, q="web dev").occupations
    assert isinstance(found[0].matched, m.Matched)
    assert ask(public, "get_occupations", 200, m.Occupations).occupations[0].matched is None
    one = ask(public, "get_occupation", 200, m.Occupation, "15-1254")
    assert (one.title, type(one.ratings[0])) == ("Web Developers", m.Element)
    domains = [m.GetOccupationTransitionsDomainsItem.SKILLS]
    options = {"domains": domains, "limit": 2}
    steps = ask(public, "get_occupation_transitions", 200, m.Transitions, "15-1254", **options)
    assert len(steps.transitions) == 2
    assert steps.sources.additional_properties["skills"].origin == "seed"
    ask_about_elements(public)
    assert ask(public, "get_health", 200, m.Health).status == "ok"
    assert ask(public, "get_health_ready", 200, m.Health).status == "ok"
    assert "skillgap_database_up 1.0" in ask(public, "get_metrics", 200, str)


def ask_about_elements(public: Client) -> None:
    listed = ask(public, "get_elements", 200, m.Elements)
    one = ask(public, "get_element", 200, m.OneElement, listed.elements[0].id)
    assert one.name == listed.elements[0].name
    assert isinstance(one.scale, m.Scale)


def ask_with_own_levels(public: Client) -> None:
    ratings = m.OwnRatings.from_dict({"2.B.3.e": 4.5})
    own = m.Own(occupations=["15-1254"], ratings=ratings)
    body = m.OwnGapQuery(from_=own, to="11-1011", limit=1)
    gap = ask(public, "post_skill_gap", 200, m.OwnGap, body=body)
    assert (gap.from_.ratings, gap.from_.occupations[0].code) == (1, "15-1254.00")
    body = m.OwnTransitionsQuery(from_=own, job_zone=None, limit=2)
    steps = ask(public, "post_transitions", 200, m.OwnTransitions, body=body)
    assert isinstance(steps.transitions[1], m.Transition)


def ask_for_what_it_cannot(public: Client) -> None:
    """What the client's operations cannot ask for or read, its connection can."""
    both = [m.GetOccupationTransitionsDomainsItem(name) for name in ("skills", "knowledge")]
    ask(public, "get_occupation_transitions", 422, m.Problem, "15-1254", domains=both)
    query = {"domains": "skills,knowledge"}
    path = "/occupations/15-1254/transitions"
    assert public.get_httpx_client().get(path, params=query).json()["domains"] == both
    query = {"from": "11-1011", "to": "15-1254", "format": "csv"}
    answer = public.get_httpx_client().get("/skill-gap", params=query)
    assert answer.text.startswith("from_code,")


def ask_in_vain(public: Client, lonely: Client) -> None:
    unknown = ask(public, "get_skill_gap", 404, m.Problem, from_="99-9999", to="15-1254")
    assert unknown.type_.endswith(":occupation-not-found")
    unclear = ask(public, "get_skill_gap", 422, m.Problem, from_="cheif executive", to="15-1254")
    assert unclear.candidates.additional_properties["from"]
    away = ask(lonely, "get_occupation", 503, m.Problem, "19-1042")
    assert away.type_.endswith(":upstream-not-configured")


def ask_as_operator(admin: AuthenticatedClient, anybody: Client) -> None:
    held = ask(admin, "get_admin_cache", 200, m.CacheSummary)
    assert isinstance(held.last_load, m.Load)
    assert held.upstream.configured is True
    page = ask(admin, "get_admin_cache_entries", 200, m.CacheEntries, limit=1)
    assert (len(page.entries), page.entries[0].fetched_at.tzinfo is not None) == (1, True)
    bodies = [m.WarmCodes(codes=["19-1042.00"]), m.WarmAll(all_=True), m.WarmStale(stale=True)]
    jobs = [ask(admin, "post_admin_cache_warm", 202, m.Job, body=body) for body in bodies]
    job = ask(admin, "get_admin_cache_job", 200, m.JobStatus, jobs[0].id)
    assert (job.id, job.total, job.finished_at) == (jobs[0].id, 1, None)
    ask(admin, "get_admin_cache_job", 404, m.Problem, uuid4().hex)
    purged = ask(admin, "delete_admin_cache_entry", 200, m.Purged, "15-1254.00")
    assert purged.purged > 0
    assert ask(admin, "delete_admin_cache_entries", 200, m.Purged).purged > 0
    assert ask(anybody, "get_admin_cache", 401, m.Problem).status == 401


public = Client(base_url=URL)
ask_of_the_public(public)
ask_with_own_levels(public)
ask_for_what_it_cannot(public)
ask_in_vain(public, Client(base_url=LONELY_URL))
ask_as_operator(AuthenticatedClient(base_url=URL, token=TOKEN), public)
assert called == set(OPERATIONS), f"not called: {set(OPERATIONS) - called}"
