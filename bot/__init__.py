"""Nextread: what to read next, and why, for people who study together on Discord."""
