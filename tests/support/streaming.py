"""All ratings of a domain from a client, as warming reads them: table by table, page by page."""

from collections.abc import Iterator

from onet_client.client import OnetClient
from onet_client.deadline import Deadline
from onet_client.paging import BEGINNING, DomainCheck
from onet_client.rows import RatingRow


def stream_ratings(
    client: OnetClient, domain: str, deadline: Deadline | None = None
) -> Iterator[tuple[RatingRow, ...]]:
    """Yield the rows of each page; they are known to be whole when this ends without an error."""
    tables = client.domain_tables(domain, deadline=deadline)
    check = DomainCheck(tables)
    for table in tables:
        for rows, _ in client.table_pages(table, BEGINNING, check, deadline=deadline):
            yield rows
            del rows  # or it would be held while the next one is read
