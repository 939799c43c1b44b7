"""The tables of what elements and their levels mean, each read whole."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from onet_client import interpret
from onet_client.content_model import ANCHOR_TABLE, ELEMENT_TABLE, SCALES, domain_of
from onet_client.deadline import Deadline
from onet_client.interpret import Page
from onet_client.reply import ApiVersion, Reply, bad
from onet_client.rows import AnchorRow, DescriptionRow
from onet_client.transport import Transport
from onet_client.urls import table_path

Row = TypeVar("Row", DescriptionRow, AnchorRow)

LEVEL = "LV"


class MeaningTables:
    """Reads them through a client's transport.

    Each method can raise any `OnetError`, and BadReply where what concerns our domains is not as
    it should be.
    """

    def __init__(self, transport: Transport, api: ApiVersion) -> None:
        self._transport = transport
        self._api = api

    def descriptions(self, deadline: Deadline) -> list[DescriptionRow]:
        """The elements of our domains, and groups of them, by id."""
        first = table_path(ELEMENT_TABLE, ("element_id",))
        found = {row.element_id: row for row in self._rows(first, interpret.descriptions, deadline)}
        return [found[element] for element in sorted(found)]

    def anchors(self, deadline: Deadline) -> list[AnchorRow]:
        """The anchors of the levels of our domains' elements, by id and level."""
        first = table_path(ANCHOR_TABLE, ("element_id", "anchor_value"))
        found = {
            (row.element_id, row.level): row
            for row in self._rows(first, interpret.anchors, deadline)
            if row.scale_id == LEVEL
        }
        if any(level > SCALES[LEVEL].maximum for _, level in found):
            raise bad("an anchor beyond the levels")
        return [found[key] for key in sorted(found)]

    def _rows(
        self, first: str, read: Callable[[Reply, ApiVersion], Page[Row]], deadline: Deadline
    ) -> Iterator[Row]:
        for page, _ in self._transport.pages(first, lambda reply: read(reply, self._api), deadline):
            yield from (row for row in page.rows if domain_of(row.element_id) is not None)
