"""A miss: one flight and one lease for all, a fetch, and what became of old codes."""
