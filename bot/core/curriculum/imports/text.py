"""The bytes of a file as text, whatever wrote them and whatever broke them on the way."""

import codecs

import ftfy
from charset_normalizer import from_bytes
from ftfy.badness import is_bad

# At the top: together they cost the start 30 ms and 6 MB, where discord.py costs 35 MB.

SAMPLE = 1 << 15
"""How much of a file its encoding is told by: telling holds the interpreter while it lasts."""
LONGEST_MENDED = 10_000
"""Longer lines stay as they are: no list has them, and mending holds the interpreter, too."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = frozenset({"cp1250", "cp1257", "latin_1", "iso8859_2", "iso8859_15", "mac_latin2"})
_MENDER = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    normalization=None,
)
"""Of all that ftfy does: only broken encodings. All else are the maker's characters."""


def decoded(raw: bytes) -> str:
    """Return the text of a file: its lines end in a newline, and nothing in it is NUL.

    Never fails: bytes that mean nothing become U+FFFD.
    """
    text = _mended(_text(raw)).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "").removeprefix("\ufeff")


def _text(raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.removeprefix(mark).decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if text.count("\ufffd") * 20 < beyond_ascii:  # a slip in what is UTF-8 all the same
        return text
    sample = raw[:SAMPLE]
    likely = from_bytes(sample[: sample.rfind(b"\n") + 1] or sample)
    best = likely.best()
    if best is None:
        return text
    # Short texts of the West read as well in the East of Europe, which has fewer of them.
    as_good = {each.encoding for each in likely if each.chaos <= best.chaos}
    western = "cp1252" in as_good and best.encoding in _LATIN
    return raw.decode("cp1252" if western else best.encoding, "replace")


def _mended(text: str) -> str:
    """Return the text as it was before somebody read its UTF-8 as another encoding.

    UTF-8 read as Mac Roman is mended as a whole: by chance no text of another language decodes
    so. All else is ftfy's, a line at a time, since files are pasted together.
    """
    if text.isascii():
        return text
    try:
        return text.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        lines = text.split("\n")
        return "\n".join(line if line.isascii() else _mended_line(line) for line in lines)


def _mended_line(line: str) -> str:
    is_broken = len(line) <= LONGEST_MENDED and is_bad(line)
    return ftfy.fix_text(line, _MENDER) if is_broken else line
