"""The socket. `socket` handles one frame at a time; `dispatch` finds the service."""
