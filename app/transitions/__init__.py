"""Which occupations are in reach of one, or lead to it."""
