"""What a process keeps of the database."""
