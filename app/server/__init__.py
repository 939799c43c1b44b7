"""The production server and its worker process."""
