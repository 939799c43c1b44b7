"""Finished answers, served in front of Flask while nothing changes."""
