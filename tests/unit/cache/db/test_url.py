"""What a DATABASE_URL takes and refuses, without a word of its values."""

from pathlib import Path

import pytest

from cache.db.url import OPTIONS, parse, tls_mode

MYSQL = "mysql+mysqldb://app:canary@db/skillgap"


@pytest.mark.parametrize(
    "query",
    [
        "charset=utf8mb4",
        "ssl_mode=REQUIRED",
        "ssl_mode=VERIFY_IDENTITY&ssl_ca={file}",
        "ssl_capath={folder}",
        "ssl_cert={file}&ssl_key={file}&ssl_cipher=AES256-SHA",
        "connect_timeout=3&read_timeout=20&write_timeout=9999",
        "unix_socket=/run/mysqld/mysqld.sock",
    ],
)
def test_the_options_of_the_driver_are_taken(tmp_path, query: str) -> None:
    file = tmp_path / "ca.pem"
    file.touch()

    assert "db" == parse(f"{MYSQL}?{query.format(file=file, folder=tmp_path)}").host


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sslmode=canary", "takes no option sslmode; there are: host, unix_socket, charset, "),
        ("foo=canary", "takes no option foo; there are: "),
        ("init_command=canary", "takes no option init_command; there are: "),
        ("%63anary%21=1", "takes no such option; there are: "),
        ("ssl_mode=canary", "takes for its option ssl_mode one of: DISABLED, PREFERRED, REQUIRED"),
        ("ssl_mode=required", "takes for its option ssl_mode one of: DISABLED"),
        ("connect_timeout=abc", "takes for its option connect_timeout whole seconds from 1 to"),
        ("connect_timeout=0", "takes for its option connect_timeout whole seconds from 1 to"),
        ("read_timeout=1.5", "takes for its option read_timeout whole seconds from 1 to"),
        ("read_timeout=1&read_timeout=2", "takes for its option read_timeout one value"),
        ("charset=latin1", "takes for its option charset one of: utf8mb4"),
        ("ssl_ca=/nowhere/canary.pem", "takes for its option ssl_ca the path of a file"),
        ("ssl_key=/", "takes for its option ssl_key the path of a file"),
        ("ssl_capath=/nowhere", "takes for its option ssl_capath the path of a folder"),
        ("host=a,b", "takes one host before the name, or several by the option host"),
        ("host=a%20b", "takes for its option host HOST:PORT,HOST:PORT"),
    ],
)
def test_any_other_option_and_value_is_refused_by_name(query: str, told: str) -> None:
    with pytest.raises(ValueError, match="takes") as raised:
        parse(f"{MYSQL}?{query}")

    assert str(raised.value).startswith(told)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "raw",
    [
        "mysql+mysqldb://app:can@ary@db/skillgap",
        "mysql+mysqldb://app:can@ary/skillgap@db/skillgap",
        "mysql+mysqldb://app:p@db/skillgap?ary=x@db/skillgap",
        "mysql+mysqldb://a@pp:ary@db/skillgap",
    ],
)
def test_of_a_password_that_is_not_escaped_nothing_is_shown(raw: str) -> None:
    with pytest.raises(ValueError, match="%40") as raised:
        parse(raw)

    assert "ary" not in str(raised.value)


@pytest.mark.parametrize("query", ["timeout=5", "mode=ro&uri=true", "foo=bar"])
def test_sqlite_takes_no_options(query: str) -> None:
    with pytest.raises(ValueError, match="takes no options with SQLite"):
        parse(f"sqlite:///x.db?{query}")


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("", None),
        ("?charset=utf8mb4", None),
        ("?ssl_mode=PREFERRED", "PREFERRED"),
        ("?ssl_mode=REQUIRED&ssl_ca=/etc/hosts", "REQUIRED"),
        ("?ssl_ca=/etc/hosts", "VERIFY_CA"),
        ("?ssl_capath=/etc", "VERIFY_CA"),
        ("?ssl_cipher=AES256-SHA", "REQUIRED"),
        ("?ssl_cert=/etc/hosts&ssl_key=/etc/hosts", "REQUIRED"),
    ],
)
def test_what_is_asked_of_tls_is_as_the_mysql_client_takes_it(query: str, mode: object) -> None:
    assert mode == tls_mode(parse(f"{MYSQL}{query}"))


def test_every_option_is_documented() -> None:
    told = (Path(__file__).parents[4] / "docs" / "settings.md").read_text()

    assert [] == [name for name in OPTIONS if f"`{name}`" not in told]
