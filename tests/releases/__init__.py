"""Databases as past releases left them: each later release must open them and lose nothing.

Before a release: ``python -m tests.releases 2026-11``, with the release's name, and commit the
folder that it makes. Nothing in a folder is ever changed afterwards.
"""
