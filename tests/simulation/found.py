"""Short histories that broke a promise once, each mended since: they are lived through always."""

from tests.simulation.script import Event

FOUND: tuple[tuple[int, tuple[Event, ...]], ...] = (
    # Both clocks were set back: two bots made the same id.
    (
        5,
        (
            Event(number=446, at=2954901.3209023257, what="read", value=(41,)),
            Event(number=447, at=2956046.8089572345, what="read", value=(97,)),
            Event(number=448, at=2979205.933494061, what="read", value=(2,)),
            Event(number=496, at=3254393.4445361523, what="moderate", value=(91,)),
            Event(number=497, at=3254398.6103625773, what="leap", value=(691200.0,)),
            Event(number=498, at=3257998.6103625773, what="leap", value=(0.0,)),
            Event(number=499, at=3262895.4828920173, what="read", value=(7,)),
            Event(number=500, at=3270174.480260574, what="read", value=(95,)),
            Event(number=501, at=3271684.030324432, what="read", value=(69,)),
            Event(number=512, at=3327897.250444842, what="read", value=(46,)),
            Event(number=513, at=3338804.293247675, what="read", value=(27,)),
        ),
    ),
    # A paper called off while its request was on its way appeared, and was posted once more.
    (37, (
        Event(100, 409900.0, "ambush", (("post",), "begun", "freezes", 0.0)),
        Event(101, 410460.0, "storm", (45.0, 1.0, ("late",), None)),
        Event(152, 410505.0, "moderate", (0,)), Event(153, 414000.0, "run", (0,)),
        Event(155, 417600.0, "moderate", (0,)),
    )),
    # A machine that was suspended sent a paper when Discord had forgotten the other's nonce.
    (674, (
        Event(1, 574200.0, "skew", ((0,), -150.0)), Event(2, 577200.0, "crash", (1, 1, 752.0)),
        Event(117, 577300.0, "ambush", (("post",), "begun", "freezes", 0.0)),
        Event(118, 578010.0, "storm", (60.0, 1.0, ("late",), None)),
        Event(119, 581800.0, "skew", ((0,), 0.0)),
    )),
    # A direct message whose row names no person was looked for as in a channel, and sent again.
    (3023, (
        Event(11, 104161.70295824768, "read", (85,)),
        Event(12, 104384.23641695672, "storm", (300.0, 0.3, ("page", "edge", "too_many"), 26)),
        Event(13, 104389.38707317751, "storm", (172800.0, 0.3, ("late", "slow"), None)),
        Event(21, 171650.8404153478, "suggest", (34,)),
    )),
)  # fmt: skip
"""Seed, and what befell its world."""
