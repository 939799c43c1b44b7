"""What `flask gap` and `flask transitions` print: tables that fit the terminal."""
