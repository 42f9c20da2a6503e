"""The process that draws: it reads SVG text, writes PNG, and ends with whoever began it."""

import os
import sys

from resvg import render, usvg

ZOOM = 3
"""Pixels of the picture for one of a phone's layout: as fine as phones are."""


def with_fonts(fonts: list[str]) -> usvg.Options:
    """Return what text is set with: these fonts alone, kept for all that is drawn."""
    options = usvg.Options.default()
    for font in fonts:
        options.load_font_file(font)
    return options


def png_of(svg: str, options: usvg.Options, zoom: float = ZOOM) -> bytes:
    tree = usvg.Tree.from_str(svg, options)
    wide, tall = tree.int_size()
    size = round(wide * zoom), round(tall * zoom)
    return render(tree, (zoom, 0, 0, 0, zoom, 0), bg_size=size)


def main(fonts: list[str]) -> None:
    options = with_fonts(fonts)
    pictures = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed is no picture
    while size := int.from_bytes(sys.stdin.buffer.read(4), "big"):
        svg = sys.stdin.buffer.read(size).decode()
        drawn = png_of(svg, options)
        pictures.write(len(drawn).to_bytes(4, "big") + drawn)
        pictures.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
