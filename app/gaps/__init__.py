"""What one occupation demands that another does not: the rules, and how a gap is shown."""
