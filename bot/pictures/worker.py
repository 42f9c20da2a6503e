"""The process that draws: it reads SVG text, writes PNG, and ends with whoever began it."""

import os
import sys
from pathlib import Path

import resvg_py

ZOOM = 3
"""Pixels of the picture for one of a phone's layout: as fine as phones are."""


def main(fonts: list[str]) -> None:
    for font in fonts:  # resvg says nothing of one that is missing, and leaves its letters out
        Path(font).open("rb").close()
    pictures = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no picture
    while size := int.from_bytes(sys.stdin.buffer.read(4), "big"):
        svg = sys.stdin.buffer.read(size).decode()
        drawn = bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg, zoom=ZOOM, font_files=fonts, skip_system_fonts=True
            )
        )
        pictures.write(len(drawn).to_bytes(4, "big") + drawn)
        pictures.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
