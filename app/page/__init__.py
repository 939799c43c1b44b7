"""The page: what people read of the API, made on the server."""

from flask import Flask

from app.page import assets, view


def register(app: Flask) -> None:
    """Register the page and its files."""
    for part in (view, assets):
        app.register_blueprint(part.blueprint)
