from pathlib import Path

import pytest

from app.cli.seeding import source
from app.settings import Settings


@pytest.mark.parametrize(
    ("named", "setting", "expected"),
    [
        (None, "latest", "latest"),
        (None, "30.3", "30.3"),
        (None, "bundled", Path("starter")),
        ("latest", "bundled", "latest"),
        ("30.3", "latest", "30.3"),
        ("./latest", "latest", Path("latest")),
        ("./30.3", "latest", Path("30.3")),
        ("/srv/30.3", "latest", Path("/srv/30.3")),
        ("db_30_3_text.zip", "latest", Path("db_30_3_text.zip")),
        ("30", "latest", Path("30")),
        ("Latest", "bundled", Path("Latest")),
    ],
)
def test_what_is_loaded_is_what_was_named_or_else_what_the_setting_says(named, setting, expected):
    settings = Settings(seed_release=setting, seed_dir=Path("starter"))

    assert expected == source(named, settings)
