"""Short histories that broke a promise once, each mended since: they are lived through always."""

from tests.simulation.script import Event

FOUND: tuple[tuple[int, tuple[Event, ...]], ...] = ()
"""Seed, and what befell its world."""
