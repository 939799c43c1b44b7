"""Elements: what skills, knowledge and abilities are, and what their levels mean."""
