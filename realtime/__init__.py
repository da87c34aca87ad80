"""Ordered streams to sockets. It knows streams, seqs, groups and bytes.

It does not know channels, presence or people's rights: who hears a stream, and from which seq no
longer, is told to it.
"""
