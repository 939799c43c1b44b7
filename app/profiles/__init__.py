"""What people can do by themselves: occupations they have had, and ratings of their own."""
