"""GET /docs: Swagger UI over the document. Operators type the admin token into it."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from flask import Blueprint, Response
from flask_swagger_ui import get_swaggerui_blueprint

PLACE: Final = "/docs"
CONFIG: Final = {
    # The page would have the document validated by a server of Swagger's own.
    "validatorUrl": None,
    # Nothing asks for it; else the page would hold whatever the caller named as host.
    "oauth2RedirectUrl": f"{PLACE}/oauth2-redirect.html",
}
INLINE_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
POLICY: Final = (
    "default-src 'none'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def make_docs() -> Blueprint:
    """Make the pages, which run what they came with, alone, and in no other page's frame."""
    blueprint: Blueprint = get_swaggerui_blueprint(PLACE, "/openapi.json", config=CONFIG)
    blueprint.after_request(_protect)
    return blueprint


def _protect(response: Response) -> Response:
    scripts: list[bytes] = []
    if response.mimetype == "text/html" and not response.direct_passthrough:
        scripts = INLINE_SCRIPT.findall(response.get_data())
    hashes = "".join(f" 'sha256-{b64encode(sha256(one).digest()).decode()}'" for one in scripts)
    response.headers.update(
        {
            "Content-Security-Policy": POLICY.format(hashes),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
        }
    )
    return response
