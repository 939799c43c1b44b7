"""Occupations as callers name them: codes, titles, synonyms, and how many are rated here."""
