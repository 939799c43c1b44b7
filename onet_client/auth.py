"""Credentials, kept where no message, repr or URL shows them."""

import re

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from onet_client.errors import NotConfigured
from onet_client.reply import ApiVersion

_HEADER_VALUE = re.compile(r"[!-~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ApiKey(AuthBase):
    """The key of API 2.0, in its header."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the key to the request."""
        request.headers["X-API-Key"] = self._key
        return request


def credentials(
    api: ApiVersion, key: str | None, username: str | None, password: str | None
) -> AuthBase:
    """What a request needs to be let in.

    Raises:
        NotConfigured: Naming the setting that is missing, or that no header can carry. The
            check is made here because the HTTP library's own would quote the value.
    """
    if api == "2":
        if not key:
            raise NotConfigured("ONET_API_KEY is not set")
        if not _HEADER_VALUE.fullmatch(key):
            raise NotConfigured("ONET_API_KEY holds a space or a character outside ASCII")
        return ApiKey(key)
    if not username or not password:
        missing = "ONET_API_PASSWORD" if username else "ONET_API_USERNAME"
        raise NotConfigured(f"{missing} is not set")
    if ":" in username or _CONTROL.search(username + password):  # RFC 7617, section 2
        raise NotConfigured(
            "ONET_API_USERNAME holds a colon, or it or ONET_API_PASSWORD a control character"
        )
    return HTTPBasicAuth(username.encode(), password.encode())
