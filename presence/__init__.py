"""Who is online. It knows user ids and connection ids, and nothing else.

Presence is a lease that a process holds for its sockets, never a fact that a disconnect was
expected to write: a process that is killed stops renewing, and the others take its people out.
"""
