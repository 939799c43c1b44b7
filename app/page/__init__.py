"""The page: what people read of the API, made on the server."""
