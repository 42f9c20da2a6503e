"""Short histories that broke a promise once, each mended since: they are lived through always."""

from tests.simulation.script import Event

FOUND: tuple[tuple[int, tuple[Event, ...]], ...] = (
    # A forum began to want a tag while a bot had lost its gateway: an error, and nobody was told.
    (
        100073,
        (
            Event(number=51, at=1033199.8985044415, what="moderate", value=(42,)),
            Event(number=81, at=1638008.33128803, what="remove", value=(18, True)),
            Event(number=175, at=3433045.914258799, what="skew", value=((0,), -120.0)),
            Event(number=235, at=4456706.030743866, what="delete_post", value=(7,)),
            Event(
                number=246,
                at=4661988.56866251,
                what="storm",
                value=(
                    43200.0,
                    0.3,
                    ("lost_before", "lost_after", "hangs_before", "hangs_after", "late"),
                    26,
                ),
            ),
            Event(number=249, at=4661999.2640067525, what="disconnect", value=(0,)),
            Event(number=250, at=4662039.235761217, what="skew", value=((1,), -120.0)),
            Event(number=251, at=4662055.94294087, what="condition", value=(93, "needs_tag", True)),
        ),
    ),
)
"""Seed, and what befell its world."""
