"""The page: what people read of the API, made on the server."""

from flask import Flask
from werkzeug.exceptions import NotFound

from app.page import assets, own_view, view


def register(app: Flask) -> None:
    """Register the page, its files, and what browsers are told where there is none."""
    for part in (view, own_view, assets):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(NotFound, view.missing)
