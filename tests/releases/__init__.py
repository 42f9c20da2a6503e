"""Databases as past releases left them: each later release must open them and lose nothing.

Before a release, run ``python -m tests.releases 2026-11`` with the name of the release, and commit
the folder that it makes. Never change anything in such a folder.
"""
