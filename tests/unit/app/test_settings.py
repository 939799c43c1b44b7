"""Every setting: what it is without a word, what it takes, and what it says of what it does not."""

import re
from dataclasses import fields
from pathlib import Path

import certifi
import pytest
from sqlalchemy import make_url

from app.settings import Settings, SettingsError

# As the contract names them.
DEFAULTS = {
    "SEED_DIR": Path("data"),
    "SEED_RELEASE": "latest",
    "ONET_ARCHIVE_URL": "https://www.onetcenter.org/",
    "ONET_API_URL": "https://api-v2.onetcenter.org/",
    "ONET_API_VERSION": "2",
    "ONET_API_KEY": "",
    "ONET_API_USERNAME": "",
    "ONET_API_PASSWORD": "",
    "ONET_CA_BUNDLE": None,
    "ONET_CONNECT_TIMEOUT": 3,
    "ONET_READ_TIMEOUT": 10,
    "ONET_DEADLINE": 20,
    "ONET_MAX_RATE": 5,
    "ONET_MAX_CONCURRENCY": 4,
    "ONET_DAILY_BUDGET": 50_000,
    "CACHE_TTL": 7_776_000,
    "CACHE_STALE_WHILE_REVALIDATE": 604_800,
    "CACHE_STALE_IF_ERROR": 31_536_000,
    "CACHE_NEGATIVE_TTL": 86_400,
    "CACHE_WITHOUT_DATABASE": 60,
    "CACHE_MAX_AGE": 3_600,
    "TRUSTED_PROXIES": 0,
    "CORS_ORIGINS": ("*",),
    "ADMIN_TOKEN": "",
    "HOST": "127.0.0.1",
    "PORT": 8000,
    "METRICS_DIR": None,
    # Of these it leaves the default to the project.
    "DATABASE_URL": make_url("sqlite:///instance/skillgap.db"),
    "WEB_CONCURRENCY": 1,
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
}


def read(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def value(settings: Settings, name: str):
    return getattr(settings, name.lower())


@pytest.mark.parametrize(("name", "default"), DEFAULTS.items())
def test_without_an_environment_a_setting_has_its_default(name, default):
    assert default == value(read(), name)


def test_the_settings_are_those_of_the_contract_and_no_others():
    assert DEFAULTS.keys() == {setting.metadata["name"] for setting in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("SEED_DIR", "/srv/onet/db 29.0.zip", Path("/srv/onet/db 29.0.zip")),
        ("SEED_RELEASE", "bundled", "bundled"),
        ("SEED_RELEASE", "latest", "latest"),
        ("SEED_RELEASE", "30.3", "30.3"),
        ("ONET_ARCHIVE_URL", "http://127.0.0.1:9901", "http://127.0.0.1:9901/"),
        (
            "ONET_API_URL",
            "https://services.onetcenter.org/ws",
            "https://services.onetcenter.org/ws/",
        ),
        ("ONET_API_URL", "http://127.0.0.1:9900/", "http://127.0.0.1:9900/"),
        ("ONET_API_URL", "http://[::1]:9900/v1.9/ws/", "http://[::1]:9900/v1.9/ws/"),
        ("ONET_API_VERSION", "1.9", "1.9"),
        ("ONET_API_KEY", "k=y %20 with spaces", "k=y %20 with spaces"),
        ("ONET_API_USERNAME", "someone", "someone"),
        ("ONET_API_PASSWORD", "p#ss'\"word", "p#ss'\"word"),
        ("ONET_CONNECT_TIMEOUT", "0.5", 0.5),
        ("ONET_READ_TIMEOUT", "0.001", 0.001),
        ("ONET_DEADLINE", "3600", 3600),
        ("ONET_MAX_RATE", "0.25", 0.25),
        ("ONET_MAX_CONCURRENCY", "1", 1),
        ("ONET_DAILY_BUDGET", "1", 1),
        ("CACHE_TTL", "1", 1),
        ("CACHE_TTL", "315360000", 315_360_000),
        ("CACHE_STALE_WHILE_REVALIDATE", "0", 0),
        ("CACHE_STALE_IF_ERROR", "0.5", 0.5),
        ("CACHE_NEGATIVE_TTL", "60", 60),
        ("CACHE_WITHOUT_DATABASE", "0", 0),
        ("CACHE_MAX_AGE", "0", 0),
        ("TRUSTED_PROXIES", "2", 2),
        ("CORS_ORIGINS", "", ()),
        ("CORS_ORIGINS", "  ", ()),
        ("CORS_ORIGINS", " * ", ("*",)),
        (
            "CORS_ORIGINS",
            "https://a.example, http://[::1]:81",
            ("https://a.example", "http://[::1]:81"),
        ),
        ("ADMIN_TOKEN", "~to=ken/+%", "~to=ken/+%"),
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("PORT", "1", 1),
        ("PORT", "65535", 65_535),
        ("PORT", " 8080 ", 8080),
        ("WEB_CONCURRENCY", "256", 256),
        ("METRICS_DIR", "/run/skillgap", Path("/run/skillgap")),
        ("LOG_LEVEL", "DEBUG", "DEBUG"),
        ("LOG_FORMAT", "json", "json"),
    ],
)
def test_a_good_value_is_taken(name, raw, expected):
    assert expected == value(read(**{name: raw}), name)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "https://api-v2.onetcenter.org/"),
        ({"ONET_API_VERSION": "1.9"}, "https://services.onetcenter.org/ws/"),
        ({"ONET_API_VERSION": "1.9", "ONET_API_URL": "http://127.0.0.1:9/"}, "http://127.0.0.1:9/"),
    ],
)
def test_each_version_of_the_api_is_asked_where_it_is_served(given, url):
    assert url == read(**given).onet_api_url


@pytest.mark.parametrize(
    ("raw", "driver", "database"),
    [
        ("sqlite:////var/lib/skillgap.db", "sqlite", "/var/lib/skillgap.db"),
        ("sqlite:///C:\\data\\skillgap.db", "sqlite", "C:\\data\\skillgap.db"),
        ("mysql+mysqldb://app:secret@db:3306/skillgap", "mysql+mysqldb", "skillgap"),
        ("mysql+mysqldb://app@db/skillgap?charset=utf8mb4", "mysql+mysqldb", "skillgap"),
    ],
)
def test_a_database_is_named_by_its_url(raw, driver, database):
    url = read(DATABASE_URL=raw).database_url

    assert (driver, database) == (url.drivername, url.database)


def test_a_password_in_the_database_url_is_percent_decoded():
    url = read(DATABASE_URL="mysql+mysqldb://app:p%40ss%2Fw%3Ard%25@db/skillgap").database_url

    assert ("p@ss/w:rd%", "db") == (url.password, url.host)


NUMBERS = {
    "ONET_CONNECT_TIMEOUT": "takes a number from 0.001 to 600",
    "ONET_READ_TIMEOUT": "takes a number from 0.001 to 600",
    "ONET_DEADLINE": "takes a number from 0.001 to 3600",
    "ONET_MAX_RATE": "takes a number from 0.01 to 1000",
    "ONET_MAX_CONCURRENCY": "takes a whole number from 1 to 1000",
    "ONET_DAILY_BUDGET": "takes a whole number from 1 to 1000000000",
    "CACHE_TTL": "takes a number from 1 to",
    "CACHE_STALE_WHILE_REVALIDATE": "takes a number from 0 to",
    "CACHE_STALE_IF_ERROR": "takes a number from 0 to",
    "CACHE_NEGATIVE_TTL": "takes a number from 1 to",
    "CACHE_WITHOUT_DATABASE": "takes a number from 0 to",
    "PORT": "takes a whole number from 1 to 65535",
    "WEB_CONCURRENCY": "takes a whole number from 1 to 256",
}
NO_NUMBERS = (
    *("-1", "+1", "1e3", "nan", "inf", "0x10", "1_000", "1,5", "1.", ".5", "ten", "1 2", "1\n2"),
    "\N{FULLWIDTH DIGIT ONE}",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "99999999999",
    "9" * 400,
)


@pytest.mark.parametrize("raw", NO_NUMBERS)
@pytest.mark.parametrize(("name", "takes"), NUMBERS.items())
def test_what_is_no_number_in_range_is_refused_by_name_and_range(name, takes, raw):
    with pytest.raises(SettingsError, match=f"^{name} {re.escape(takes)}"):
        read(**{name: raw})


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "257"),
        ("ONET_MAX_CONCURRENCY", "0"),
        ("ONET_DAILY_BUDGET", "0"),
        ("ONET_MAX_RATE", "0"),
        ("ONET_MAX_RATE", "1000.000001"),
        ("ONET_CONNECT_TIMEOUT", "0"),
        ("ONET_READ_TIMEOUT", "600.1"),
        ("ONET_DEADLINE", "3600.1"),
        ("CACHE_TTL", "0"),
        ("CACHE_NEGATIVE_TTL", "0.999999"),
        ("CACHE_TTL", "315360001"),
    ],
)
def test_a_number_just_out_of_range_is_refused(name, raw):
    with pytest.raises(SettingsError, match=f"^{name} takes"):
        read(**{name: raw})


@pytest.mark.parametrize(
    ("name", "raw", "takes"),
    [
        ("SEED_RELEASE", "newest", "takes latest, bundled or the number of a release such as 30.3"),
        ("SEED_RELEASE", "30", "takes latest, bundled or the number"),
        ("SEED_RELEASE", "data/canary", "takes latest, bundled or the number"),
        ("ONET_ARCHIVE_URL", "http://www.onetcenter.org/", "takes https://HOST/PATH/"),
        ("ONET_ARCHIVE_URL", "file:///canary", "takes https://HOST/PATH/"),
        ("ONET_API_VERSION", "3", "takes one of: 2, 1.9"),
        ("ONET_API_VERSION", "2.0", "takes one of: 2, 1.9"),
        ("LOG_LEVEL", "info", "takes one of: DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("LOG_FORMAT", "xml", "takes one of: console, json"),
        ("ADMIN_TOKEN", "to ken", "takes ASCII letters, digits and signs, without a space"),
        ("ADMIN_TOKEN", "tökén", "takes ASCII letters, digits and signs, without a space"),
        ("ONET_API_URL", "api-v2.onetcenter.org", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "http://api-v2.onetcenter.org/", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "ftp://127.0.0.1/", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "https://", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "https://h:99999/", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "https://u:canary@host/", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "https://host/?key=canary", "takes https://HOST/PATH/"),
        ("ONET_API_URL", "https://host/#canary", "takes https://HOST/PATH/"),
        ("ONET_API_URL", f"https://host/{'x' * 243}", "takes https://HOST/PATH/ of at most 255"),
        ("DATABASE_URL", "canary", "takes sqlite:///PATH or mysql+mysqldb://"),
        ("DATABASE_URL", "postgresql://u:canary@h/d", "takes sqlite:///PATH or mysql+mysqldb://"),
        ("DATABASE_URL", "mysql://u:canary@h/d", "takes sqlite:///PATH or mysql+mysqldb://"),
        ("DATABASE_URL", "mysql+mysqldb://u:canary@h", "takes sqlite:///PATH or mysql+mysqldb://"),
        ("DATABASE_URL", "mysql+mysqldb://u:canary@h/", "takes sqlite:///PATH or mysql+mysqldb://"),
        (
            "DATABASE_URL",
            "mysql+mysqldb://u:canary@h:port/d",
            "takes sqlite:///PATH or mysql+mysqldb://",
        ),
        ("DATABASE_URL", "sqlite://canary/x", "takes sqlite:///PATH or mysql+mysqldb://"),
        ("DATABASE_URL", "mysql+mysqldb://u@h/d?password=canary", "takes no option password; "),
        ("DATABASE_URL", "mysql+mysqldb://u@h/d?passwd=canary", "takes no option passwd; "),
        ("DATABASE_URL", "mysql+mysqldb://u:can@ary@h/d", "takes sqlite:///PATH or mysql+mysqldb"),
        ("CORS_ORIGINS", "canary", "takes *, or origins such as"),
        ("CORS_ORIGINS", "https://canary.example/", "takes *, or origins such as"),
        ("CORS_ORIGINS", "*,https://canary.example", "takes *, or origins such as"),
        ("DATABASE_URL", "mysql+mysqldb://u@h/d?ssl_mode=canary", "takes for its option ssl_mode"),
    ],
)
def test_a_bad_value_is_named_with_what_the_setting_takes_and_not_repeated(name, raw, takes):
    with pytest.raises(SettingsError) as raised:
        read(**{name: raw})

    assert str(raised.value).startswith(f"{name} {takes}")
    told = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert not any("canary" in str(error) for error in told if error is not None)


def test_every_bad_value_is_named_at_once_and_none_is_repeated():
    bad = {
        "PORT": "canary",
        "LOG_FORMAT": "canary",
        "CACHE_TTL": "canary",
        "DATABASE_URL": "canary",
    }

    with pytest.raises(SettingsError) as raised:
        read(**bad, ONET_API_KEY="canary")

    told = str(raised.value).split("; ")
    assert bad.keys() == {problem.split()[0] for problem in told}
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("raw", ["", "  ", "\t\n"])
def test_an_empty_variable_counts_as_unset(raw):
    assert read() == read(**dict.fromkeys(DEFAULTS.keys() - {"CORS_ORIGINS"}, raw))


def test_a_bundle_of_certificates_has_to_be_one(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())

    assert bundle == read(ONET_CA_BUNDLE=str(bundle)).onet_ca_bundle
    bundle.write_text("canary")
    for raw in (str(bundle), str(tmp_path), str(tmp_path / "none.pem")):
        with pytest.raises(SettingsError, match=r"^ONET_CA_BUNDLE takes a file of certificates"):
            read(ONET_CA_BUNDLE=raw)


def test_variables_that_are_no_settings_are_let_be():
    assert read() == read(PATH="/bin", PORTS="x", port="x", SKILLGAP_PORT="x")


def test_no_secret_is_shown_where_settings_are_printed():
    settings = read(
        DATABASE_URL="mysql+mysqldb://app:canary@db/skillgap",
        ONET_API_KEY="canary",
        ONET_API_USERNAME="canary",
        ONET_API_PASSWORD="canary",
        ADMIN_TOKEN="canary",
    )

    assert "canary" not in f"{settings!r} {settings!s} {settings.database_url}"
    assert "8000" in repr(settings)


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({}, ("ONET_API_KEY",)),
        ({"ONET_API_KEY": "k"}, ()),
        ({"ONET_API_USERNAME": "u", "ONET_API_PASSWORD": "p"}, ("ONET_API_KEY",)),
        (
            {"ONET_API_VERSION": "1.9", "ONET_API_KEY": "k"},
            ("ONET_API_USERNAME", "ONET_API_PASSWORD"),
        ),
        ({"ONET_API_VERSION": "1.9", "ONET_API_USERNAME": "u"}, ("ONET_API_PASSWORD",)),
        (
            {"ONET_API_VERSION": "1.9", "ONET_API_USERNAME": "u", "ONET_API_PASSWORD": "p"},
            (),
        ),
    ],
)
def test_the_missing_credentials_are_those_of_the_api_version(environment, missing):
    assert missing == read(**environment).missing_credentials
