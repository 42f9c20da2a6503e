"""`python -m tests.fonts FOLDER`: make the fonts of pictures, as subsets, from those in FOLDER.

FOLDER holds, as published: ``Inter[opsz,wght].ttf`` (Inter 4.1), ``NotoSansCJK-VF.otf.ttc`` (Noto
Sans CJK), ``NotoSansHebrew-{Regular,Bold}.ttf``, ``NotoSansArabic-{Regular,Bold}.ttf`` and
``NotoColorEmoji.ttf``, all under the SIL Open Font License 1.1. What is made stands in
``bot/pictures/fonts``, beside how wide each letter is.
"""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import click
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib.instancer import instantiateVariableFont

import bot

FONTS = Path(bot.__file__).parent / "pictures" / "fonts"
WIDTHS = FONTS / "widths.json"
WEIGHTS = {"medium": 500, "bold": 700}

LATIN = [
    *range(0x20, 0x250),
    *range(0x300, 0x330),
    *range(0x370, 0x460),  # Greek, Cyrillic
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2060),
    *range(0x20A0, 0x20C0),
    *range(0x2100, 0x2150),
    *range(0x2190, 0x21A0),
    *range(0x2200, 0x2300),
]
HEBREW = [0x20, *range(0x590, 0x600), *range(0xFB1D, 0xFB50)]
ARABIC = [0x20, *range(0x600, 0x700)]
EMOJI = (
    "📄📃📼📖🎓📰📚🎯🎤🎛🔒✅⭐🌟✨🔥🚀💡🧠🤖🤗🦙🐍🐢🐣🐦🌱🌳🌍🌐🔍🔎🔬🔭🧪🧬🧮📈📉📊🗺🧭🏁🚩🎉🏆🥇👀👋👍👎❤💬💻📱🎧🎬🎮🎨🎵"
    "📝✏📌📎🗂🗄📦🔧🔨⚙🛠🔑🔗⚡⏳⏰📅🗓🗳☕🍀🌈☀🌙❓❗⚠➕🔁🆕💯🧩🪄🏗🏋🎲🙂😀😎🤔🙏💪👥👤🐱🐶🦆🦜🐘🦥🐝🦋"
)


def in_rows(encoding: str, first: int, last: int) -> list[int]:
    """Return the characters of rows of a national standard: what its schools teach first."""
    pairs = ((row, cell) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    found = (bytes(pair).decode(encoding, "ignore") for pair in pairs)
    return [ord(each) for each in found if len(each) == 1]


CJK = [
    0x20,
    *range(0x3000, 0x3100),  # punctuation, Kana
    *range(0x3130, 0x3190),
    *range(0xFF00, 0xFFF0),
    *in_rows("euc_kr", 0xB0, 0xC8),  # 2,350 Hangul syllables
    *in_rows("euc_jp", 0xB0, 0xCF),  # 2,965 Kanji, level 1
    *in_rows("gb2312", 0xB0, 0xD7),  # 3,755 Hanzi, level 1
]


def subset(font: TTFont, letters: Iterable[int]) -> TTFont:
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "rlig", "init", "medi", "fina"]
    options.name_IDs = [1, 2, 3, 4, 6, 16, 17, 0, 13, 14]
    options.notdef_outline = options.glyph_names = False
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE", "STAT", "MVAR", "avar", "meta"]
    cutter = Subsetter(options)
    cutter.populate(unicodes=[*letters])
    cutter.subset(font)
    return reread(font)


def reread(font: TTFont) -> TTFont:
    """Return the font as it would be read from its file, in which each table is whole."""
    font.save(written := BytesIO())
    return TTFont(written, recalcTimestamp=False)


def of_weight(font: TTFont, weight: int, **axes: float) -> TTFont:
    """Return one weight of a variable font."""
    made = instantiateVariableFont(font, {"wght": weight, **axes})
    made["OS/2"].usWeightClass = weight
    return made


def without_cff2(font: TTFont) -> TTFont:
    """Return the font with its outlines as CFF, the only ones of the two that resvg 0.47 draws."""
    glyphs, outlines = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = T2CharStringPen(glyphs[name].width, glyphs)
        glyphs[name].draw(pen)
        outlines[name] = pen.getCharString()
    del font["CFF2"], font["VVAR"]
    FontBuilder(font=font).setupCFF(font["name"].getDebugName(6), {}, outlines, {})
    return reread(font)


def made_from(folder: Path) -> Iterator[tuple[str, TTFont]]:
    """Yield each font and its file's name, in the order in which they are asked for letters."""
    for name, weight in WEIGHTS.items():
        inter = subset(TTFont(folder / "Inter[opsz,wght].ttf"), LATIN)
        yield f"latin-{name}.ttf", of_weight(inter, weight, opsz=14)
    faces = TTCollection(folder / "NotoSansCJK-VF.otf.ttc", lazy=True)
    (korean,) = (each for each in faces if each["name"].getDebugName(1) == "Noto Sans CJK KR")
    yield "cjk.otf", without_cff2(of_weight(subset(korean, CJK), WEIGHTS["medium"]))
    for name, letters in {"Hebrew": HEBREW, "Arabic": ARABIC}.items():
        yield f"{name.lower()}.ttf", subset(TTFont(folder / f"NotoSans{name}-Regular.ttf"), letters)
    yield "emoji.ttf", subset(TTFont(folder / "NotoColorEmoji.ttf"), map(ord, EMOJI))


def widths_of(font: TTFont) -> Iterator[tuple[int, int, int]]:
    """Yield runs of letters that are alike wide: the first, the last, thousandths of the size."""
    em, advances = font["head"].unitsPerEm, font["hmtx"].metrics
    wide = {each: -(-1000 * advances[name][0] // em) for each, name in font.getBestCmap().items()}
    runs: list[list[int]] = []
    for each in sorted(wide):
        if runs and runs[-1][1] == each - 1 and runs[-1][2] == wide[each]:
            runs[-1][1] = each
        else:
            runs.append([each, each, wide[each]])
    yield from map(tuple, runs)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    FONTS.mkdir(exist_ok=True)
    widths = {}
    for name, font in made_from(folder):
        font.save(FONTS / name)
        widths[name] = list(widths_of(TTFont(FONTS / name)))
        click.echo(f"{name}: {(FONTS / name).stat().st_size / 1024:.0f} KiB")
    WIDTHS.write_text(json.dumps(widths, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
