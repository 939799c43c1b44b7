"""GET /docs: Swagger UI over the document. Operators type the admin token into it."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from flask import Blueprint, Response
from flask_swagger_ui import get_swaggerui_blueprint

PLACE: Final = "/docs"
HERE: Final = "."
"""All links are relative, so that they hold under a proxy's prefix."""
CONFIG: Final = {
    # The page would have the document validated by a server of Swagger's own.
    "validatorUrl": None,
    # Nothing asks for it; else the page would hold whatever the caller named as host.
    "oauth2RedirectUrl": f"{HERE}/oauth2-redirect.html",
}
INLINE_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
POLICY: Final = (
    "default-src 'none'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def make_docs() -> Blueprint:
    """Make the pages, which run what they came with, alone, and in no other page's frame."""
    blueprint: Blueprint = get_swaggerui_blueprint(HERE, "../openapi.json", config=CONFIG)
    blueprint.add_url_rule("", view_func=_lead_in)
    blueprint.after_request(_protect)
    return blueprint


def _lead_in() -> Response:
    """Lead from the place without a slash to the pages; werkzeug would name a scheme and a host."""
    return Response(status=308, headers={"Location": f"{HERE}{PLACE}/"})


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
