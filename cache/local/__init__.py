"""Reads of the database that a process shares, and copies that it keeps."""
