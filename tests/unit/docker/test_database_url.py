import pytest
from sqlalchemy import make_url

from docker.database_url import database_url

PARTS = {
    "MYSQL_HOST": "mysql",
    "MYSQL_USER": "skillgap",
    "MYSQL_PASSWORD": "secret",
    "MYSQL_DATABASE": "skillgap",
}


def test_the_parts_become_a_url_of_the_driver_and_port_that_mysql_uses():
    expected = "mysql+mysqldb://skillgap:secret@mysql:3306/skillgap?charset=utf8mb4"

    assert expected == database_url(PARTS)


def test_a_port_can_be_given():
    assert 3307 == make_url(database_url({**PARTS, "MYSQL_PORT": "3307"})).port


@pytest.mark.parametrize(
    "password", ["p@ss:w/o%rd#?&=+", "a b", "%40", "${HOME}", "\"'\\", "[x]", "pässwörd", "密码"]
)
def test_a_password_of_any_characters_survives_the_url(password):
    url = make_url(database_url({**PARTS, "MYSQL_PASSWORD": password}))

    assert (password, "mysql", "skillgap") == (url.password, url.host, url.database)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_missing_is_named(name):
    with pytest.raises(KeyError, match=name):
        database_url({key: value for key, value in PARTS.items() if key != name})
