"""What is held of an occupation in a domain: read, published, purged, renewed."""
