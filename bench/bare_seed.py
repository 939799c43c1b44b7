"""The ceiling of seeding: parse rating files and bulk-insert their rows into one bare table.

Usage: python bare_seed.py FILE... sqlite:PATH | mysql:HOST:PORT:USER:PASSWORD:NAME

No checks, no keys, no second table: what any importer has to do at least. It imports nothing
but the driver, so the time of a whole process is close to that of the work.
"""

import sys

TABLE = (
    "CREATE TABLE bare (code {0}, element {0}, name {0}, scale {0}, value {0}, n {0}, se {0}, "
    "low {0}, high {0}, suppress {0}, relevant {0}, day {0}, source {0})"
)


def rows(paths):
    """Yield the fields of each line."""
    for path in paths:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would cost its import
            next(file)
            for line in file:
                yield line.rstrip("\n").split("\t")


def main(paths, target):
    """Fill one table and commit."""
    kind, _, rest = target.partition(":")
    if kind == "sqlite":
        import sqlite3

        connection = sqlite3.connect(rest)
        mark, column, source = "?", "TEXT", rows(paths)
    else:
        import MySQLdb

        host, port, user, password, name = rest.split(":")
        connection = MySQLdb.connect(
            host=host, port=int(port), user=user, password=password, database=name
        )
        mark, column, source = "%s", "VARCHAR(80)", list(rows(paths))
    cursor = connection.cursor()
    cursor.execute("DROP TABLE IF EXISTS bare")
    cursor.execute(TABLE.format(column))
    cursor.executemany(f"INSERT INTO bare VALUES ({', '.join([mark] * 13)})", source)
    connection.commit()


if __name__ == "__main__":
    main(sys.argv[1:-1], sys.argv[-1])
