"""Settings: the only reader of the environment.

Every value is checked at start, so that a typing mistake stops the process with the setting's
name and what it takes instead of surfacing in a request. Durations are seconds.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from sqlalchemy.engine import URL, make_url

from cache.db import url as database_url

T = TypeVar("T")
DEFAULT_DATABASE: Final = "sqlite:///instance/skillgap.db"
ONET_API_1_9: Final = "https://services.onetcenter.org/ws/"
"""Where O*NET serves API 1.9."""
ANY_ORIGIN: Final[tuple[str, ...]] = ("*",)
RELEASES: Final = Path("instance/releases")
"""Where releases that were downloaded are kept."""


class SettingsError(ValueError):
    """One or more settings hold a value that they do not take; names each, repeats none."""


def _token(raw: str) -> str:
    if re.fullmatch(r"[!-~]+", raw) is None:
        raise ValueError("takes ASCII letters, digits and signs, without a space")
    return raw


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if re.fullmatch(r"[0-9]{1,10}", raw) is None or not low <= int(raw) <= high:
            raise ValueError(f"takes a whole number from {low} to {high}")
        return int(raw)

    return parse


def _seconds(low: float, high: float = 10 * 365 * 86400) -> Callable[[str], float]:
    def parse(raw: str) -> float:
        if (
            re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", raw) is None
            or not low <= float(raw) <= high
        ):
            raise ValueError(f"takes a number from {low:g} to {high:g}")
        return float(raw)

    return parse


def _origins(raw: str) -> tuple[str, ...]:
    """Read origins as browsers write them (RFC 6454), separated by commas or spaces."""
    given = tuple(raw.replace(",", " ").split())
    if given != ("*",) and not all(
        re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/@?#]+", one) for one in given
    ):
        raise ValueError(
            "takes *, or origins such as https://example.org without a path, or nothing"
        )
    return given


def _certificates(raw: str) -> Path:
    import ssl

    try:
        ssl.create_default_context(cafile=raw)
    except OSError:  # ssl.SSLError is one
        raise ValueError("takes a file of certificates in PEM that can be read") from None
    return Path(raw).absolute()


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"takes one of: {', '.join(choices)}")
        return raw

    return parse


def _release(raw: str) -> str:
    if raw in ("latest", "bundled"):
        return raw
    from onet_client.archive.number import ReleaseNumber

    if ReleaseNumber.parse(raw) is None:
        raise ValueError("takes latest, bundled or the number of a release such as 30.3")
    return raw


def _upstream_url(raw: str) -> str:
    from onet_client.errors import NotConfigured
    from onet_client.urls import base_url

    takes = (
        "takes https://HOST/PATH/ of at most 255 characters, without credentials, query or "
        "fragment (plain http:// for a loopback host only)"
    )
    try:
        url = base_url(raw)
    except NotConfigured:
        raise ValueError(takes) from None
    if len(url) > 255:  # the source_url of what is fetched
        raise ValueError(takes)
    return url


def _setting(
    name: str,
    parse: Callable[[str], T],
    default: T,
    *,
    secret: bool = False,
    may_be_empty: bool = False,
) -> Any:
    metadata = {"name": name, "parse": parse, "may_be_empty": may_be_empty}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can set; docs/settings.md has each. Secrets stay out of the repr."""

    database_url: URL = _setting("DATABASE_URL", database_url.parse, make_url(DEFAULT_DATABASE))
    seed_dir: Path = _setting("SEED_DIR", Path, Path("data"))
    seed_release: str = _setting("SEED_RELEASE", _release, "latest")
    onet_archive_url: str = _setting(
        "ONET_ARCHIVE_URL", _upstream_url, "https://www.onetcenter.org/"
    )
    onet_api_url: str = _setting("ONET_API_URL", _upstream_url, "https://api-v2.onetcenter.org/")
    onet_api_version: Literal["2", "1.9"] = _setting("ONET_API_VERSION", _one_of("2", "1.9"), "2")
    onet_api_key: str = _setting("ONET_API_KEY", str, "", secret=True)
    onet_api_username: str = _setting("ONET_API_USERNAME", str, "", secret=True)
    onet_api_password: str = _setting("ONET_API_PASSWORD", str, "", secret=True)
    onet_ca_bundle: Path | None = _setting("ONET_CA_BUNDLE", _certificates, None)
    onet_connect_timeout: float = _setting("ONET_CONNECT_TIMEOUT", _seconds(0.001, 600), 3.0)
    onet_read_timeout: float = _setting("ONET_READ_TIMEOUT", _seconds(0.001, 600), 10.0)
    onet_deadline: float = _setting("ONET_DEADLINE", _seconds(0.001, 3600), 20.0)
    onet_max_rate: float = _setting("ONET_MAX_RATE", _seconds(0.01, 1000), 5.0)
    onet_max_concurrency: int = _setting("ONET_MAX_CONCURRENCY", _integer(1, 1000), 4)
    onet_daily_budget: int = _setting("ONET_DAILY_BUDGET", _integer(1, 1_000_000_000), 50_000)
    cache_ttl: float = _setting("CACHE_TTL", _seconds(1), 7776000.0)
    cache_stale_while_revalidate: float = _setting(
        "CACHE_STALE_WHILE_REVALIDATE", _seconds(0), 604800.0
    )
    cache_stale_if_error: float = _setting("CACHE_STALE_IF_ERROR", _seconds(0), 31536000.0)
    cache_negative_ttl: float = _setting("CACHE_NEGATIVE_TTL", _seconds(1), 86400.0)
    cache_max_age: float = _setting("CACHE_MAX_AGE", _seconds(0), 3600.0)
    cache_without_database: float = _setting("CACHE_WITHOUT_DATABASE", _seconds(0), 60.0)
    cors_origins: tuple[str, ...] = _setting(
        "CORS_ORIGINS", _origins, ANY_ORIGIN, may_be_empty=True
    )
    trusted_proxies: int = _setting("TRUSTED_PROXIES", _integer(0, 10), 0)
    admin_token: str = _setting("ADMIN_TOKEN", _token, "", secret=True)
    host: str = _setting("HOST", str, "127.0.0.1")
    port: int = _setting("PORT", _integer(1, 65535), 8000)
    web_concurrency: int = _setting("WEB_CONCURRENCY", _integer(1, 256), 1)
    metrics_dir: Path | None = _setting("METRICS_DIR", Path, None)
    log_level: str = _setting(
        "LOG_LEVEL", _one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO"
    )
    log_format: str = _setting("LOG_FORMAT", _one_of("console", "json"), "console")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read every setting; an empty variable counts as unset, but where empty means something.

        Raises:
            SettingsError: naming each setting with a bad value and what it takes.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for setting in fields(cls):
            given = environment.get(setting.metadata["name"])
            raw = (given or "").strip()
            if raw or (given is not None and setting.metadata["may_be_empty"]):
                try:
                    values[setting.name] = setting.metadata["parse"](raw)
                except ValueError as problem:
                    problems.append(f"{setting.metadata['name']} {problem}")
        if problems:
            raise SettingsError("; ".join(problems))
        if values.get("onet_api_version") == "1.9":
            values.setdefault("onet_api_url", ONET_API_1_9)
        return cls(**values)

    @property
    def missing_credentials(self) -> tuple[str, ...]:
        """The settings without which the configured API version has no upstream."""
        needed = {
            "2": {"ONET_API_KEY": self.onet_api_key},
            "1.9": {
                "ONET_API_USERNAME": self.onet_api_username,
                "ONET_API_PASSWORD": self.onet_api_password,
            },
        }[self.onet_api_version]
        return tuple(name for name, value in needed.items() if not value)


METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The usual variable for it, which `flask serve` sets for its processes."""


def share_metrics(folder: str) -> None:
    """Have the processes started from here on keep their metrics in a folder, to be added up."""
    os.environ[METRICS_FOLDER] = folder


def metrics_folder() -> Path | None:
    """The folder in which processes share metrics; None where this one keeps its own."""
    folder = os.environ.get(METRICS_FOLDER)
    return Path(folder) if folder else None
