"""The process that draws: it reads SVG text, writes PNG, and ends with whoever began it."""

import signal
import sys

import resvg_py

ZOOM = 3
"""Pixels of the picture for one of a phone's layout: as fine as phones are."""


def main(fonts: list[str]) -> None:
    # Ctrl+C reaches it, too, but it is the bot that ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while size := int.from_bytes(sys.stdin.buffer.read(4), "big"):
        svg = sys.stdin.buffer.read(size).decode()
        drawn = bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg, zoom=ZOOM, font_files=fonts, skip_system_fonts=True
            )
        )
        sys.stdout.buffer.write(len(drawn).to_bytes(4, "big") + drawn)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
