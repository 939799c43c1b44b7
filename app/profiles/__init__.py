"""What a person can do: occupations they have had, and ratings of their own."""
