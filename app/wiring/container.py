"""The composition root: everything a request or a command needs, built from the settings.

In the order in which a request meets it: the response cache (`changes`, `counters`) answers what it
has; a face calls a subject (`lookup`, `titles`, `transitions`, `profiles`, `holdings`), which reads
entries through the cache (`pull_through`): from memory (`reads`, `changes`), from the database
(`store`), or, on a miss, from O*NET (`upstream`). What fails becomes a problem (`problems`).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, current_app

from app.logs import RequestIds
from app.occupations.alternatives import Alternatives
from app.occupations.descriptions import Descriptions
from app.occupations.holdings import Holdings
from app.occupations.titles import Titles
from app.response_cache.cors import Cors
from app.settings import Settings
from app.wiring.cache_parts import CacheParts
from cache.local.once import cached_property

if TYPE_CHECKING:
    from app.elements.meanings import ElementMeanings
    from app.occupations.lookup import Lookup
    from app.problems import Problems
    from app.profiles.service import Profiles
    from app.response_cache.headers import Sharing
    from app.transitions.baseline import Baseline
    from app.transitions.matrices import ReadinessMatrices
    from app.transitions.service import Transitions


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


class Services(CacheParts):
    """All parts of an application; each is built once, when it is first needed."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(settings, now)

    @cached_property
    def lookup(self) -> "Lookup":
        """What finds the occupations that callers name."""
        from app.occupations.lookup import Lookup

        return Lookup(self.pull_through, self.titles.index, self.crosswalk)

    def problems(self) -> "Problems":
        """What makes problems of exceptions, and reads the titles for them once."""
        from app.problems import Problems

        return Problems(
            cache(self.catalogue.titles),
            self.alternatives,
            self.holdings,
            self.now,
            self.settings.missing_credentials,
            self.settings.database_url,
        )

    @cached_property
    def sharing(self) -> "Sharing":
        """For how long others may keep answers."""
        from app.response_cache.headers import Sharing

        limits = self.limits
        return Sharing(
            self.settings.cache_max_age, limits.stale_while_revalidate, limits.stale_if_error
        )

    @cached_property
    def cors(self) -> Cors:
        """Which origins' pages may read the public API."""
        return Cors(self.settings.cors_origins)

    @cached_property
    def request_ids(self) -> RequestIds:
        """What gives requests their ids."""
        return RequestIds()

    @cached_property
    def matrices(self) -> "ReadinessMatrices":
        """All rated occupations, as they are compared with one."""
        from app.transitions.matrices import ReadinessMatrices

        return ReadinessMatrices(self.store, self.catalogue, self.changes, self.limits, self.now)

    @cached_property
    def baseline(self) -> "Baseline":
        """What a readiness is to be measured by."""
        from app.transitions.baseline import Baseline

        return Baseline(self.matrices)

    @cached_property
    def transitions(self) -> "Transitions":
        """The transitions."""
        from app.transitions.service import Transitions

        return Transitions(self.matrices, self.catalogue)

    @cached_property
    def profiles(self) -> "Profiles":
        """What reads profiles."""
        from app.profiles.service import Profiles

        return Profiles(self.lookup, self.matrices, self.transitions)

    @cached_property
    def holdings(self) -> Holdings:
        """How much is held."""
        return Holdings(self.catalogue, self.changes)

    @cached_property
    def descriptions(self) -> Descriptions:
        """What occupations are."""
        return Descriptions(self.catalogue, self.changes)

    @cached_property
    def alternatives(self) -> Alternatives:
        """What is near an occupation or a code."""
        return Alternatives(self.catalogue)

    @cached_property
    def elements(self) -> "ElementMeanings":
        """What elements and their levels mean."""
        from app.elements.meanings import ElementMeanings

        return ElementMeanings(self.meanings_fill, self.changes)

    @cached_property
    def titles(self) -> Titles:
        """The index of titles."""
        return Titles(self.catalogue, self.changes)


def services() -> Services:
    """Return the services of the current application."""
    return services_of(current_app)


def services_of(app: Flask) -> Services:
    """Return the services of an application."""
    found: Services = app.extensions["skillgap"]
    return found
