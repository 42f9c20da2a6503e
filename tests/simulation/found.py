"""Short histories that broke a promise once, each mended since: they are lived through always."""

FOUND: tuple[tuple[int, tuple[int, ...]], ...] = (
    # Both clocks were set back: two bots made the same id, and a group had no paper.
    (2, (40, 44, 45, 52, 54, 55, 74, 75, 76, 77, 80, 81, 82, 83, 84, 85, 88, 89, 92, 93, 94, 114,
         115, 117, 118, 143, 144)),
)  # fmt: skip
"""Seed, and the numbers of what befell its world, as its script is now."""
