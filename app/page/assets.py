"""The page's files: read once, and addressed by their content so that browsers keep them."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

blueprint = Blueprint("assets", __name__)

FOLDER: Final = Path(__file__).parent / "static"
KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
TYPES: Final = {path.name: KINDS[path.suffix] for path in sorted(FOLDER.iterdir())}
CONTENT: Final = {name: (FOLDER / name).read_bytes() for name in TYPES}
VERSIONS: Final = {name: sha256(content).hexdigest()[:16] for name, content in CONTENT.items()}
FOREVER: Final = "public, max-age=31536000, immutable"


def asset_url(name: str) -> str:
    """Return the address of a file, relative to the page, which changes with its content."""
    return f"static/{name}?v={VERSIONS[name]}"


@blueprint.get("/static/<name>")
def asset(name: str) -> Response:
    """Serve a file; for another version the current one is served, and not to be kept.

    Raises:
        NotFound: where there is no such file.
    """
    if name not in CONTENT:
        raise NotFound
    response = Response(CONTENT[name], content_type=f"{TYPES[name]}; charset=utf-8")
    current = request.args.get("v") == VERSIONS[name]
    response.headers["Cache-Control"] = FOREVER if current else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(VERSIONS[name])
    return response
