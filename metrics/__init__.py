"""What a process counts and measures of itself, for Prometheus.

`instruments` are counted where things happen, by any part of the program; `exposition` writes them
down. What is known only when somebody asks (how many sockets, how much work waits) is found out by
`operations.collecting` at that moment.
"""
