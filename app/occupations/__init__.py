"""Occupations as callers name them: codes, titles, synonyms, and what is held of them."""
