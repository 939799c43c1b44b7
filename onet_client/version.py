"""The version of the product; it is here because the User-Agent names it."""

from typing import Final

VERSION: Final = "0.1.0"
