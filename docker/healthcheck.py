"""Exits with 0 where this container's server answers a path with 200, with 1 where not."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 2.0


def is_healthy(path: str, port: int) -> bool:
    """Whether GET of the path on the loopback port is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_healthy(sys.argv[1], int(os.environ.get("PORT") or 8000)))
