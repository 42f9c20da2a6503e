"""Kills the bot at every point of a post, and proves that it is posted once."""
