"""The production server, and the worker beside it."""
