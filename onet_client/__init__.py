"""A client for O*NET Web Services, of either API generation and table layout."""

from onet_client.client import OnetClient, connect
from onet_client.content_model import Domain
from onet_client.deadline import Deadline
from onet_client.governor import Governor, InMemoryGovernor
from onet_client.paging import DomainCheck, Position
from onet_client.reply import ApiVersion, Result
from onet_client.rows import Occupation, Rating, Table

__all__ = [
    "ApiVersion",
    "Deadline",
    "Domain",
    "DomainCheck",
    "Governor",
    "InMemoryGovernor",
    "Occupation",
    "OnetClient",
    "Position",
    "Rating",
    "Result",
    "Table",
    "connect",
]
