"""What operators need: starting, stopping, health, and a look inside."""
