"""A miss: single flight, lease and fetch; and the crosswalk of old codes."""
