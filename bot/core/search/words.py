"""Text as search compares it: folded, and cut into words."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

# Scripts written without spaces (Thai, Lao, Burmese, Khmer, kana, Han): each character is a word.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII_WORD = r"[a-z0-9]+[+#]*"
_ASCII_WORDS = re.compile(_ASCII_WORD)
_WORDS = re.compile(rf"{_ASCII_WORD}|[{_SPACELESS}]|[^\W_a-z0-9{_SPACELESS}]+")
_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_HEAD_ENDS = re.compile(r": | [-\u2013\u2014] | \(")
_CAMEL_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_BETWEEN_NAMES = re.compile(
    r"(?P<alone>(?<!\S)(?:[<(`|*]*[a-z]{1,20}://[^\s,;]+|(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?(?!\S)))"
    r"|(?P<link>[a-z]{1,20}://[^\s,;]+)|[,;&\r\n\u3001\uff0c\uff1b\uff06]|(?<!\+)\+(?!\+)"
    r"|(?<!\S)(?:and|then|plus|und|et(?!\s+al\b)|y|\uadf8\ub9ac\uace0|\ubc0f)(?!\S)"
    r"|(?:\uc640|\uacfc|\ud558\uace0|\uc774\ub791|\ub791)(?=\s)",  # Korean, behind a name
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u00b7]|[0-9]+[.)])\s+")
_NUMBERED, _BULLETED = r"[0-9]{1,2}[.)]", r"[-*\u2022\u00b7]"
_LISTED = {
    re.compile(rf"\s*{first}\s"): re.compile(rf"(?<!\S){mark}\s")
    for first, mark in ((r"1[.)]", _NUMBERED), (_BULLETED, _BULLETED))
}
"""How a list begins -> its marks, on one line too: Discord makes one of what is pasted."""


_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060"))
"""What cards have within words, and who copies from a card has too."""


def fold(text: str) -> str:
    """Return the text without case, width, accents and other marks, Hangul as single letters.

    As letters, because a syllable changes while it is typed: 한 becomes 하나 with the next key.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNSEEN))
    letters = "".join(c for c in decomposed if not unicodedata.category(c).startswith("M"))
    return letters.casefold().translate(_FINAL_CONSONANTS)


def is_word(typed: str, word: str) -> bool:
    """Tell whether somebody typed the word: case, width, spaces and signs are forgiven."""
    bare, wanted = ("".join(c for c in fold(text) if c.isalnum()) for text in (typed, word))
    return bare == wanted


_FINALS = (
    "ᄀ ᄁ ᄀᄉ ᄂ ᄂᄌ ᄂᄒ ᄃ ᄅ ᄅᄀ ᄅᄆ ᄅᄇ ᄅᄉ ᄅᄐ ᄅᄑ"
    " ᄅᄒ ᄆ ᄇ ᄇᄉ ᄉ ᄊ ᄋ ᄌ ᄎ ᄏ ᄐ ᄑ ᄒ"
)
_FINAL_CONSONANTS = str.maketrans(dict(enumerate(re.findall(r"\S+", _FINALS), 0x11A8)))
"""Each final Hangul consonant -> the initial one(s) that it is written with."""


def words(text: str) -> list[str]:
    """Return the folded words of a text in order; ``c++`` and ``c#`` stay whole."""
    folded = _APOSTROPHES.sub("", fold(text))
    return (_ASCII_WORDS if folded.isascii() else _WORDS).findall(folded)


_PARTICLES = "|".join(
    words("이란 이랑 에서 으로 하고 하는 란 랑 은 는 이 가 을 를 의 에 로 와 과 도")
)

_ENDINGS = ("ation", "ment", "ing", "ies", "ied", "ed", "es", "er", "s", "y", "e", "")

_ENDING = re.compile(
    r"(?<=[a-z]{3})(?:ies|ied|ing|ed|es|(?<!s)s|e)$"
    r"|(?<=[a-z]{4})(?:er|ion|at|iv|i[sz]|ity|ities|al|a?bl|a?bil|ment|y|i)$"
    r"|(?<=[a-z]{2}([b-df-hj-npqrtv-z]))\1$"
    rf"|(?<=[\u1100-\u11ff]{{3}})(?:{_PARTICLES})$"
)
"""One English ending, or the second of two like consonants, which only an ending needs; or a
Korean particle."""

_COMPARES = frozenset(words("vs versus or and 와 과 랑 이랑 하고 및"))

_ASKS = """
    a an the this that these those it its there here something any some much many own one
    i im ive me my we us our you your he she they them their
    is are was were be been am do does did has have had
    can could will would should shall may might cant dont doesnt isnt wont didnt
    what whats which who whose when where why how
    of to in on at for from by with about between as per over than then into
    but if not no so too also just before after behind like please really still actually better best
    come came give gives let lets say says ask tell explain explained know learn understand
    need want get make makes made use using mean means meaning work works working called stand
    stands difference introduce introduces introduced happen happens itself
    two single simple simply easy easily exactly short history different way ways

    이 그 저 좀 더 잘 왜 뭐 뭐야 뭐예요 뭐에요 뭔가요 뭔지 뭐지 무엇 무엇인가 무엇인가요 무엇인지
    무슨 어떤 어떻게 어떡해 하는 하나요 되나요 인가요 인지 있는 있나요 쓰는 방법 법 하는법
    차이 차이점 대해 대한 관한 설명 설명해 설명해줘 알려줘 알려주세요
    은 는 가 을 를 의 에 에서 로 으로 도 만 란 이란
"""
_QUESTION_WORDS = _COMPARES | frozenset(words(_ASKS))
"""What people put around the words that they ask about."""


def joined_forms(text: str) -> set[str]:
    """Return further words that people type for parts of the text.

    What stands between two spaces, without its punctuation (``few-shot``: fewshot), and the
    parts of a CamelCase word (``ImageNet``: image, net).
    """
    forms = set()
    for chunk in text.split():
        parts = words(chunk)
        if 1 < len(parts) <= 4:
            forms.add("".join(parts))
        if chunk.isascii() and not (chunk.islower() or chunk.isupper() or chunk.istitle()):
            camel = _CAMEL_PARTS.findall(chunk)
            forms.update(part.lower() for part in camel if len(part) > 1 and len(camel) > 1)
    return forms


def names_in(text: str) -> list[str]:
    """Return the names that a text lists, between commas, ``and`` and their like; a link is one.

    A title may hold any of these itself: who looks it up tries the whole text first.
    """
    for begins, mark in _LISTED.items():
        if begins.match(text):
            text = mark.sub("\n", text)
    cut = _BETWEEN_NAMES.sub(lambda match: match["link"] or f"\n{match['alone'] or ''}\n", text)
    lines = (_BULLET.sub("", line).strip() for line in cut.split("\n"))
    return [line for line in lines if line]


def head(title: str) -> str:
    """Return the title up to a colon, a spaced dash or a bracket: ``BERT: Pre-training ...``."""
    return _HEAD_ENDS.split(title, maxsplit=1)[0]


def initials(parts: list[str]) -> str:
    """Return the first letters of three to eight words, or "" for fewer or more."""
    return "".join(part[0] for part in parts) if 3 <= len(parts) <= 8 else ""


def other_endings(word: str) -> list[str]:
    """Return the word with other English endings: ``rewards`` gives reward, rewarding, ...

    Most of them are no words; what matters is which of them stand in the vocabulary. At least
    four letters stay. A Korean word comes without its particle.
    """
    if not word.isascii():
        return [shorter] if (shorter := _ENDING.sub("", word)) != word else []
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            shorter = word[: len(word) - len(ending)]
            return [shorter + other for other in _ENDINGS if other != ending]
    return []


def stem(word: str) -> str:
    """Return what the English words of one family have in common: ``tun`` for tune and tuning.

    It need be no word, and families may share it. At least three letters stay.
    """
    while (shorter := _ENDING.sub("", word)) != word:
        word = shorter
    return word


def stems(several: Iterable[str]) -> str:
    return " ".join(map(stem, several))


def asked_about(asked: list[str]) -> list[list[str]]:
    """Return the words without those of a question around them, all where there are no others.

    They are cut in two where things are compared: ``what is a token`` is about one thing, ``dpo
    vs ppo`` about two.
    """
    sides: list[list[str]] = [[]]
    for word in asked:
        if word not in _QUESTION_WORDS:
            sides[-1].append(word)
        elif word in _COMPARES and sides[-1]:
            sides.append([])
    return [side for side in sides if side] or [asked]


def topic(name: str) -> str:
    """Return what a name or a phrase is about: its stems in one order, without question words."""
    about = chain.from_iterable(asked_about(words(name)))
    return " ".join(sorted(map(stem, about)))
