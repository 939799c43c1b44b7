"""A local look-alike of O*NET Web Services over a text release, for trying and testing.

It answers as API 2.0 or 1.9 do, with the tables of any release folder, and makes mistakes on order:
see `Fault`. It listens on loopback by default. With client and importer it shares only the names of
tables (`content_model`) and how the files of a release are found and cut into lines; it parses them
by itself, so that each is a witness of the other.
"""

from onet_client.release_files import ReleaseError
from onet_client.sandbox.console import check, serve
from onet_client.sandbox.control import Record
from onet_client.sandbox.faults import Fault, FaultError, parse_faults
from onet_client.sandbox.message import ApiVersion
from onet_client.sandbox.mutations import MUTATIONS
from onet_client.sandbox.release import Layout, ReleaseTables, load_release
from onet_client.sandbox.sandbox import Sandbox
from onet_client.sandbox.taxonomy import load_taxonomy

__all__ = [
    "MUTATIONS",
    "ApiVersion",
    "Fault",
    "FaultError",
    "Layout",
    "Record",
    "ReleaseError",
    "ReleaseTables",
    "Sandbox",
    "check",
    "load_release",
    "load_taxonomy",
    "parse_faults",
    "serve",
]
