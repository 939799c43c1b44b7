"""The version of the product, which stands here since O*NET is told it, too."""

from typing import Final

VERSION: Final = "0.1.0"
