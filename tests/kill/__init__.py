"""Kills the bot at every point while it sends unasked messages, and proves each is sent once.

This is about killed processes: whenever one dies, the next one finds what it needs in the ledger
and in the channel. The operating system goes on, so this proves nothing about its crashes (SQLite's
``synchronous=FULL`` and PostgreSQL's log handle those). Discord's documentation says that a second
message with the same nonce is the first one "for a few minutes". Only the tests with a request that
lingers, or a process that stalls just before it sends, rely on that; in all others Discord forgets
nonces at once.
"""
