"""The REST API: the same records and the same services as the socket."""
