"""Pairs to look at, for who has nothing to ask yet."""

from collections.abc import Mapping
from typing import Any, Final

from app.page.links import Link, Question, address
from app.page.words import percent
from onet_client.content_model import domain_words

EXAMPLES: Final = (
    (("29-1141.00", "Registered Nurses"), ("15-1211.01", "Health Informatics Specialists")),
    (("41-2031.00", "Retail Salespersons"), ("43-4051.00", "Customer Service Representatives")),
    (("27-1024.00", "Graphic Designers"), ("15-1254.00", "Web Developers")),
)
"""Pairs to look at, each by codes and titles."""


def example(asked: Question, body: Mapping[str, Any]) -> Link:
    """Offer the pair of an answer of /skill-gap, with the figure that makes one look."""
    source, target = body["from"], body["to"]
    pair = asked._replace(source=source["code"], target=target["code"])
    told = (
        f"{percent(body['summary']['readiness'])} of the {domain_words(body['domain'])} are there"
    )
    if body["gaps"]:
        told += f"; {body['gaps'][0]['name']} is the largest step"
    return Link(f"{source['title']} → {target['title']}", address(pair), f"{told}.")


def example_unread(asked: Question, source: tuple[str, str], target: tuple[str, str]) -> Link:
    """Offer a pair to look at that is to be fetched first; each as code and title."""
    pair = asked._replace(source=source[0], target=target[0])
    return Link(f"{source[1]} → {target[1]}", address(pair))
