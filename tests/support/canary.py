"""A key that must show nowhere, and a watch over everything that is logged."""

import logging

CANARY = "canary-key-3f9c0b"
"""What tests give as key or password; no other text of the tests holds it."""


class CanaryWatch(logging.Handler):
    """Notes every log line, its traceback included, that shows the canary."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.sightings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        if CANARY in line:
            self.sightings.append(line)
