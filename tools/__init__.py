"""Programs that stand outside: they know the protocol, and nothing else of the server."""
