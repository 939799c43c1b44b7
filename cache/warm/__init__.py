"""Many entries filled ahead of requests: jobs, their items, and the worker."""
