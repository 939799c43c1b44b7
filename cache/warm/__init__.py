"""Many entries filled ahead of requests: jobs, their items, and who works on them."""
