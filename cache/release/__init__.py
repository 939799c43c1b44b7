"""Text releases: found, read, checked and published."""
