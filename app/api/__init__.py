"""The HTTP API: one module a resource, routes and their schemas side by side."""
