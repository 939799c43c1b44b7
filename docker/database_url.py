"""Prints the DATABASE_URL that the MYSQL_* variables amount to, every part of it escaped."""

import os
import sys
from collections.abc import Mapping

from sqlalchemy import URL


def database_url(environment: Mapping[str, str]) -> str:
    """The URL for MYSQL_HOST, MYSQL_PORT (3306), MYSQL_USER, MYSQL_PASSWORD and MYSQL_DATABASE.

    Raises:
        KeyError: One that has no default is not set; holds its name.
        ValueError: MYSQL_PORT is no number.
    """
    return URL.create(
        "mysql+mysqldb",
        username=environment["MYSQL_USER"],
        password=environment["MYSQL_PASSWORD"],
        host=environment["MYSQL_HOST"],
        port=int(environment.get("MYSQL_PORT") or 3306),
        database=environment["MYSQL_DATABASE"],
        query={"charset": "utf8mb4"},
    ).render_as_string(hide_password=False)


if __name__ == "__main__":
    try:
        sys.stdout.write(database_url(os.environ))
    except KeyError as missing:
        sys.exit(f"MYSQL_HOST is set, so {missing.args[0]} must be too (or DATABASE_URL alone)")
    except ValueError:
        sys.exit("MYSQL_PORT takes a number")
