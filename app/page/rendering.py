"""From what a page shows to HTML, with the headers that it has."""

from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any, Final

from flask import Response, current_app
from jinja2 import Template

from app.occupations.holdings import BRINGS_ALL
from app.page import chart, links, steps, words
from app.page.assets import asset_url
from app.page.messages import FIELDS
from app.page.own_messages import OWN_FIELDS
from app.page.reading import Shown
from app.response_cache.answer import Answer
from app.transitions.choice import in_words
from app.transitions.job_zones import called
from app.wiring.container import services
from app.wiring.finished import Finished, fresh_until
from cache.entries.invalidation import ANY
from cache.entries.meanings import Meaning
from cache.local.once import MadeOnce
from onet_client.content_model import DOMAINS, domain_words

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}
AHEAD: Final = 60
"""Seconds for which a browser may show a page that it fetched ahead."""
TYPE: Final = "text/html; charset=utf-8"
PLACE: Final = "/"
HELPERS: Final[dict[str, Any]] = {
    "domains": DOMAINS,
    "brings_all": BRINGS_ALL,
    "fields": FIELDS,
    "own_fields": OWN_FIELDS,
    "chart": chart,
    "words": words,
    "steps": steps,
    "links": links,
    "asset_url": asset_url,
    "called": called,
    "in_words": in_words,
    "domain_words": domain_words,
}
"""What templates call."""

TEMPLATES: Final = sorted(path.name for path in (Path(__file__).parent / "templates").iterdir())

_templates: MadeOnce[str, dict[str, Template]] = MadeOnce()
"""Jinja keeps them, but lets each of those who come first compile one, and what it includes."""


def render(name: str, **shown: Any) -> str:
    """Write a template."""
    environment = current_app.jinja_env
    found = _templates.share(
        "", lambda: {each: environment.get_template(each) for each in TEMPLATES}
    )
    return found[name].render(HELPERS | shown)


def page(shown: Shown, status: int = 200) -> Response:
    """Make the page, which the response cache may keep where nothing but a change alters it."""
    now = services().now()
    expires_at = fresh_until(shown.readings, shown.until, now)
    ahead = _seconds_ahead(shown) if expires_at else 0
    text = render(
        "page.html",
        **vars(shown),
        ahead=ahead,
        glossary=glossary(shown.meanings, shown.body, shown.ranking),
        now=now,
    ).encode()
    # Caches in front go on asking each time, for all who ask through them.
    control = {"Cache-Control": f"max-age={ahead}, s-maxage=0"} if ahead else {}
    response = answered(text, status)
    response.headers.update(control)
    if expires_at is not None:
        entries = list({one.entry.key: one.entry for one in shown.readings}.values())
        response.answer = Answer(
            PLACE,
            (PLACE, repr(shown.given)),
            text,
            TYPE,
            list((HEADERS | control).items()),
            response.headers["ETag"],
            entries,
            expires_at,
            of_domains=(ANY,),
            is_aged=False,
        )
    return response


def _seconds_ahead(shown: Shown) -> int:
    """Return for how long a browser may show it unasked: 0 unless every percentage is known.

    One that is not here yet is fetched by following its link, after which this is another page.
    """
    known = [one.readiness is not None or one.is_rated is False for one in shown.shares]
    return int(services().sharing.at_most(AHEAD).max_age) if known and all(known) else 0


def glossary(
    meanings: Mapping[str, Meaning], body: words.Body | None, ranking: words.Body | None
) -> list[Meaning]:
    """Return what the words of next steps mean, where the comparison above has them not."""
    rows = [*body["gaps"], *body["covered"]] if body else []
    above = {item["id"] for item in rows}
    named = steps.elements(ranking) if ranking else {}
    found = [meanings.get(id_) for id_ in named if id_ not in above]
    return [one for one in found if one is not None]


def answered(text: bytes, status: int = 200) -> Finished:
    """Answer with a page; whoever has it is asked to make sure of it at each use."""
    own = {"Content-Type": TYPE, "Content-Length": str(len(text))}
    response = Finished([text], status, HEADERS | own)
    if status < 400:
        response.headers["ETag"] = f'"{sha1(text, usedforsecurity=False).hexdigest()}"'
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
