"""Kills the bot at every point of what it sends unasked, and proves that it is sent once.

What this proves is about the death of processes: whenever one is killed, the next one finds what
it needs in the ledger and in the channel. The system goes on, so nothing is told about its own
crashes (SQLite's ``synchronous=FULL`` and PostgreSQL's log are for those). From Discord's
documentation it takes that a second message with the same nonce is the first one "for a few
minutes", which only the tests with a request that lingers, or a process that stalls just before it
sends, lean on: all others run with a Discord that forgets nonces at once.
"""
