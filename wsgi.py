"""What a WSGI server loads."""

import sys

from app import create_app, logs
from app.settings import Settings, SettingsError

try:
    settings = Settings.from_environment()
except SettingsError as error:
    sys.exit(f"bad setting: {error}")
logs.configure(settings)
app = create_app(settings)
