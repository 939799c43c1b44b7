"""A client for O*NET Web Services, of either API version and table layout.

It imports nothing, so that `content_model`, which every command reads, costs no HTTP library.
`client.connect` is where to begin.
"""
