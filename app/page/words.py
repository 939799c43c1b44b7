"""What the page says of an answer: functions from a body of the API to plain words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import floor
from typing import Any, Final, NamedTuple

from app.occupations.holdings import SEED, is_whole, sentence
from app.occupations.provenance import aged
from cache.catalogue import Holding
from onet_client.content_model import domain_words

Body = dict[str, Any]

DOUBTS: Final = {
    "chance unknown": "O*NET gives no standard error, so there is no telling whether the gap is "
    "wider than chance would make it.",
    "low precision": "The raters differed so much that O*NET recommends not to rely on a figure "
    "of this line; it is shown all the same.",
}
"""What makes a figure less sure, and what that means."""
CHANCE: Final = (
    "These gaps are not wider than chance would make them (at 95 %, from O*NET's standard "
    "errors): another group of raters could have found none."
)
NOUNS: Final = {"knowledge": "areas of knowledge"}
"""What the elements of a domain are called, where not by its name."""
UNITS: Final = (("an hour", "hours", 3600), ("a minute", "minutes", 60), ("a second", "seconds", 1))


class Coverage(NamedTuple):
    """How many occupations are rated here, and the command that brings all, or none."""

    text: str
    command: str = ""


def coverage(holding: Holding, domain: str, *, can_fetch: bool) -> Coverage:
    """Say how many occupations have ratings of a domain here, and how the others come here."""
    text = sentence(holding, domain)
    if is_whole(holding):
        return Coverage(text)
    if can_fetch:
        return Coverage(f"{text} Others are fetched from O*NET when they are asked for.")
    return Coverage(text, SEED)


def percent(share: float) -> str:
    """Write a share of 0 to 1; only 0 is shown as 0 %, and only 1 as 100 %."""
    if 0 < share < 0.01:
        return "less than 1 %"
    whole = min(99, floor(share * 100 + 0.5)) if share < 1 else 100
    return f"{whole} %"


def readiness(body: Body) -> str:
    """Say what the figure of readiness means."""
    source, target = body["from"]["title"], body["to"]["title"]
    if body["from"]["code"] == body["to"]["code"]:
        return f"Both are {source}. Choose another occupation to see what it needs."
    if not body["gaps"] and not body["covered"]:
        return f"{target} need no {nouns(body['domain'])}."
    share = percent(body["summary"]["readiness"]) if body["gaps"] else "all"
    text = f"{source} already have {share} of what {target} need, in {domain_words(body['domain'])}"
    return f"{text} weighted by importance." if body["gaps"] else f"{text}: there is no gap."


def certainty(body: Body) -> str:
    """Say within which bounds the readiness lies; empty where that is not known or no question."""
    bounds = body["summary"]["readiness_interval"]
    if body["from"]["code"] == body["to"]["code"] or not (body["gaps"] or body["covered"]):
        return ""
    if bounds is None:
        return "O*NET gives no standard errors by which to say how sure that is."
    low, high = map(percent, bounds)
    if low == high:
        return "The raters' errors make next to no difference to that (at 95 %)."
    return f"With the raters' errors counted, it lies between {low} and {high} (at 95 %)."


def closer_than(body: Body) -> str:
    """Say how that compares with all other occupations; empty where too few are held."""
    share = body["summary"]["closer_than"]
    if share is None or body["from"]["code"] == body["to"]["code"] or not body["gaps"]:
        return ""
    less = f"occupations rated here are less ready for {body['to']['title']}."
    if share == 1:
        return f"Nearly all {less}"
    return f"{percent(share) if share else 'None'} of the {less}"


def gaps(body: Body) -> str:
    """Say how many gaps there are of how many elements, and of which kind."""
    found, missing = body["summary"]["gaps"], body["summary"]["missing"]
    required = f"Of the {found + len(body['covered'])} {nouns(body['domain'])} that"
    text = f"{required} {body['to']['title']} need, {found or 'none'}"
    text += f" {'are' if found > 1 else 'is'} at a higher level"
    if missing:
        text += f", {missing} of them not relevant to {body['from']['title']} today"
    chance = len(by_chance(body, chance=True))
    if chance:
        text += f"; {chance} of the gaps may be chance"
    return f"{text}."


def nouns(domain: str) -> str:
    """Name the elements of a domain, such as 35 of them."""
    return NOUNS.get(domain, domain_words(domain))


def by_chance(body: Body, *, chance: bool) -> list[Body]:
    """Return the gaps that may be chance, or those that are wider or not known to be."""
    return [item for item in body["gaps"] if (item["significant"] is False) == chance]


def doubts(item: Body) -> list[str]:
    """Say what makes a figure less sure; only a gap can be due to chance."""
    found = ["chance unknown"] if item["level_gap"] > 0 and item["significant"] is None else []
    if item["low_precision"]:
        found.append("low precision")
    return found


def explained(items: Iterable[Body]) -> list[tuple[str, str]]:
    """Return the doubts that any of the elements has, each with what it means."""
    found = {doubt for item in items for doubt in doubts(item)}
    return [(doubt, meaning) for doubt, meaning in DOUBTS.items() if doubt in found]


def gain_means(body: Body) -> str:
    """Say what the gains of a table are."""
    there = percent(body["summary"]["readiness"])
    return (
        f"The last column says how much readiness closing a gap would bring: with all of them, "
        f"{there} would become 100 %."
    )


def gain(share: float) -> str:
    """Write a gain (0-1) in tenths of a percent; only 0 is shown as 0.0."""
    text = f"{share * 100:.1f}"
    return "<0.1" if share > 0 and text == "0.0" else text


def midnight(now: datetime) -> datetime:
    """Return when the day ends, in UTC, and what was today is yesterday."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def provenance(title: str, source: Body, now: datetime) -> str:
    """Say where one side's ratings come from, of which release, and how old they are."""
    release = f"O*NET {source['release']}" if source["release"] else "O*NET, release unknown"
    how = (
        "fetched from O*NET Web Services" if source["origin"] == "api" else "loaded from its files"
    )
    fetched_at = datetime.fromisoformat(source["fetched_at"])
    date = f"{fetched_at.day} {fetched_at:%B %Y}"
    text = f"{title}: {release}, {how} on {date} ({age(fetched_at, now)})."
    if source["state"] == "stale":
        text += " That is longer ago than it should be; newer figures follow when O*NET gives them."
    return f"{text} {aged(title, source['rated'], now)}".rstrip()


def age(then: datetime, now: datetime) -> str:
    """Say how long ago a day is, in UTC."""
    days = max(timedelta(0), now.date() - then.date()).days
    if days < 2:
        return ("today", "yesterday")[days]
    if days < 60:
        return f"{days} days ago"
    if days < 730:
        return f"{days // 30} months ago"
    return f"{days // 365} years ago"


def wait(seconds: int) -> str:
    """Say after how many seconds something can be tried again."""
    one, many, size = next((unit for unit in UNITS if seconds >= unit[2]), UNITS[-1])
    count = -(-seconds // size)
    return f"in {count} {many}" if count > 1 else f"in {one}"
