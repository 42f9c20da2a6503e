"""A zone of the simulation's own, whose rules can change: a file as RFC 8536 says."""

import struct
import zoneinfo
from pathlib import Path
from zoneinfo import ZoneInfo

NAME = "Sim/Moving"
RULES = (
    "SIM-1SIS,M3.5.0,M10.5.0/3",
    "SIM-2",
    "SIM0SIS,M4.1.0,M9.1.0",
    "SIM-1",
)
"""What a government may think of, as POSIX writes it: with summer time or without."""


def write_zone(folder: Path, rule: str) -> None:
    """Let this rule hold from now on, for all who look."""
    path = folder / NAME
    path.parent.mkdir(exist_ok=True)
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb", 0, 0, 0) + b"SIM\0"
    path.write_bytes((head + body) * 2 + f"\n{rule}\n".encode())
    zoneinfo.reset_tzpath(to=(str(folder),))
    ZoneInfo.clear_cache()
