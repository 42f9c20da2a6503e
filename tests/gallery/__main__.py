"""`python -m tests.gallery`: every card and picture on one page, to be looked at one by one."""

import asyncio
from pathlib import Path

import click

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from tests.gallery.exhibits import exhibits_of
from tests.gallery.page import draw_gallery
from tests.gallery.readme import draw_readme

DOCS = Path(__file__).parents[2] / "docs"


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default="gallery", show_default=True)
@click.option("--each", default=4, show_default=True, help="Cards of one function, at most.")
@click.option("--readme", is_flag=True, help="Draw the README's pictures in docs/ instead.")
def main(out: Path, each: int, *, readme: bool) -> None:
    """Draw every card and picture on one page: for phone and desktop, in each language.

    It takes Chromium, and for Korean a font that has Hangul (Debian: fonts-noto-cjk).
    """
    path = default_curriculum_path()
    shipped = read_curriculum(path.read_bytes(), str(path))
    if readme:
        for drawn in asyncio.run(draw_readme(DOCS, shipped)):
            click.echo(f"{drawn}: {drawn.stat().st_size / 1024:.0f} KB")
        return
    out.mkdir(parents=True, exist_ok=True)
    click.echo(asyncio.run(draw_gallery(out, exhibits_of(shipped, each))))


if __name__ == "__main__":
    main()
