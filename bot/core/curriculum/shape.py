"""The shape of a curriculum file: its keys, what each may hold, and the JSON Schema of both.

The limits follow Discord: a card holds 4,000 characters and 40 components, a select 25 options of
100 characters, a link button 512 characters, a custom_id 100 (which ids share with prefixes).
"""

import datetime
import json
import re
import unicodedata
from collections import Counter
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

from bot.core.curriculum import Kind
from bot.core.curriculum.links import is_web_link, untracked

LONGEST_CURRICULUM_ID = 20
LONGEST_SLUG = 40
LONGEST_TITLE = 200  # the heading of a card, and one of ten lines of search results
LONGEST_STEP_TITLE = 100  # the label of a select option
LONGEST_LABEL = 40  # stands before a title on the same line
LONGEST_ALIAS = 100  # the name of an autocomplete choice
LONGEST_TAG = 40
LONGEST_AUTHORS = 200
LONGEST_TEXT = 500  # a note, sentence or remark: a card shows several
LONGEST_PARAGRAPH = 1000  # an introduction's: a card shows three
LONGEST_LINK_ON_A_CARD = 512  # the address of a link button
LONGEST_PART = 100  # two of them fit beside a title
LONGEST_QUESTION = 300  # five of them fit the opener of a thread, whatever has to be escaped
MOST_NOTES = 10
MOST_QUESTIONS = 5
MOST_COMPANIONS = 25
LEAST_PARTS, MOST_PARTS = 2, 26  # half a year, one a week
MOST_NAMES = 20  # aliases, tags, prerequisites, former ids of one resource or step
MOST_COLUMNS = 5
LEAST_YEAR = 1000
MOST_YEAR = 2999
MOST_MINUTES = 100_000

CONTROL_CHARACTER = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What breaks a line, hides or reorders the text around it, or is no character at all."""


_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols, by Unicode's categories, that show nothing."""


def is_visible(text: str) -> bool:
    """Tell whether a text shows anything: nobody finds a link on nothing, let alone clicks it."""
    return any(unicodedata.category(c) not in _UNSEEN and c not in _BLANK for c in text)


def _one_line(text: str) -> str:
    if "\n" in text:
        raise PydanticCustomError("line_break", "has a line break")
    if CONTROL_CHARACTER.search(text):
        raise PydanticCustomError("control_character", "has a control character")
    if not is_visible(text):
        raise PydanticCustomError("invisible", "shows nothing")
    return text


def _web_link(text: str) -> str:
    if not is_web_link(text):
        raise PydanticCustomError("web_link", "is not a web link")
    return text


def _no_servers_namespace(text: str) -> str:
    """Refuse ``g123``: what a server adds has such keys, and progress hangs on keys."""
    if re.fullmatch(SERVERS_NAMESPACE, text):
        raise PydanticCustomError("servers_namespace", "looks like a server's")
    return text


SERVERS_NAMESPACE = "^g[0-9]+$"


def _texts(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


def _several(value: object) -> object:
    """Let one entry stand as the text that it is; several are a list."""
    if value is None:
        return None
    return tuple(value) if isinstance(value, list) else (value,)


def _counted(value: object) -> object:
    """Let a step's number stand without quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _parts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a single part, and a name that stands twice: nobody knew which one is meant.

    Nor is it known of two that look the same, but for spaces, capitals or how é is encoded.
    """
    if len(names) == 1:
        raise PydanticCustomError("one_part", "has one entry")
    seen = Counter(map(_as_seen, names))
    if twice := next((name for name in names if seen[_as_seen(name)] > 1), None):
        raise PydanticCustomError("part_twice", "{name} stands twice", {"name": twice})
    return names


def _as_seen(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


_ONE_LINE = AfterValidator(_one_line)

Slug = Annotated[str, StringConstraints(pattern=rf"^[a-z0-9-]{{1,{LONGEST_SLUG}}}$")]
Title = Annotated[str, _texts(LONGEST_TITLE), _ONE_LINE]
StepTitle = Annotated[str, _texts(LONGEST_STEP_TITLE), _ONE_LINE]
Label = Annotated[str, _texts(LONGEST_LABEL), _ONE_LINE]
# Emoji of families and flags are several characters.
Icon = Annotated[str, _texts(10), _ONE_LINE]
Alias = Annotated[str, _texts(LONGEST_ALIAS), _ONE_LINE]
TagText = Annotated[str, _texts(LONGEST_TAG), _ONE_LINE]
Authors = Annotated[str, _texts(LONGEST_AUTHORS), _ONE_LINE]
Text = Annotated[str, _texts(LONGEST_TEXT), _ONE_LINE]
Part = Annotated[str, _texts(LONGEST_PART), _ONE_LINE]
Question = Annotated[str, _texts(LONGEST_QUESTION), _ONE_LINE]
Paragraph = Annotated[str, _texts(LONGEST_PARAGRAPH), _ONE_LINE]
CellText = Annotated[str, _texts(100), _ONE_LINE]
Link = Annotated[
    str,
    _texts(LONGEST_LINK_ON_A_CARD),
    _ONE_LINE,
    AfterValidator(_web_link),
    AfterValidator(untracked),
]
Year = Annotated[int, Field(ge=LEAST_YEAR, le=MOST_YEAR)]
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES)]

Paragraphs = Annotated[
    tuple[Paragraph, ...], Field(max_length=10, description="Paragraphs, in the maker's words.")
]
Introduction = Annotated[
    Paragraphs, BeforeValidator(_several, json_schema_input_type=Paragraph | Paragraphs)
]
Addition = Annotated[
    bool, Field(description="true: not part of the maker's list. Holds for everything inside, too.")
]
_Slugs = Annotated[tuple[Slug, ...], Field(max_length=MOST_NAMES)]
Slugs = Annotated[_Slugs, BeforeValidator(_several, json_schema_input_type=Slug | _Slugs)]
Notes = Annotated[tuple[Text, ...], Field(max_length=MOST_NOTES)]
Questions = Annotated[tuple[Question, ...], Field(max_length=MOST_QUESTIONS)]
Parts = Annotated[
    tuple[Part, ...],
    Field(max_length=MOST_PARTS, json_schema_extra={"minItems": LEAST_PARTS, "uniqueItems": True}),
    AfterValidator(_parts),
]
NoteOrNotes = Annotated[Notes, BeforeValidator(_several, json_schema_input_type=Text | Notes)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class AboutShape(_Strict):
    """What a resource is: facts that fit one line, ``{kind: paper, year: 2017}``."""

    kind: Kind = Field(description="What it is.")
    must_read: bool = Field(False, description="The 📚 mark.")
    addition: Addition = False
    authors: Authors | None = Field(None, description='Short: "Vaswani et al."')
    year: Year | None = Field(None, description="The year it first appeared.")
    minutes: Minutes | None = Field(None, description="About how long it takes.")


class FoundByShape(_Strict):
    """What finds a resource or a step beside its title: ``{aliases: [BERT], tags: [encoder]}``."""

    aliases: tuple[Alias, ...] = Field(
        default=(),
        max_length=MOST_NAMES,
        description="Other names, of this one only: acronyms first, other languages last.",
    )
    tags: tuple[TagText, ...] = Field(
        default=(),
        max_length=MOST_NAMES,
        description="What it is about, in words and phrases that people ask with: several may"
        " share one.",
    )


class ReadingShape(_Strict):
    """What a resource and its companion have in common."""

    id: Slug = Field(description="Small letters, digits, hyphens. Given once and never reused.")
    title: Title = Field(description="The title as its page has it.")
    url: Link = Field(description="The link that people open: http or https.")
    about: AboutShape
    label: Label | None = Field(
        None, description='What the maker writes before the title: "GPT-2:".'
    )
    original_url: Link | None = Field(
        None, description="The publisher's own link, where url is another."
    )
    maker_url: Link | None = Field(
        None, description="The link as the maker wrote it, where url had to replace it."
    )
    found_by: FoundByShape = FoundByShape()
    notes: NoteOrNotes = Field(
        (), description="The maker's own words on it: a text, or a list of points."
    )
    added_notes: NoteOrNotes = Field(
        (), description="Notes that are not the maker's: a text, or a list."
    )
    sentence: Text | None = Field(
        None, description="The maker's sentence around the link, where it has one."
    )
    remark: Text | None = Field(
        None, description="What the maker says of a companion, on its line."
    )
    questions: Annotated[
        Questions, BeforeValidator(_several, json_schema_input_type=Question | Questions)
    ] = Field((), description="Questions to discuss after reading. They are not the maker's.")
    formerly: Slugs = Field(
        (), description="Ids it had before, so that people keep their progress."
    )


class CompanionShape(ReadingShape):
    """Something that helps with the resource above it."""


class ResourceShape(ReadingShape):
    """One thing to read or watch."""

    prerequisites: Slugs = Field((), description="Ids of what to have read first.")
    parts: Parts = Field(
        (), description='What a group reads of it in one week each: "chapters 1-3".'
    )
    companions_title: Title | None = Field(
        None, description="The maker's words above the companions."
    )
    companions: tuple[CompanionShape, ...] = Field(
        (), max_length=MOST_COMPANIONS, description="What helps with this resource."
    )


class CellShape(_Strict):
    """A cell with a link."""

    text: CellText
    url: Link | None = None
    maker_url: Link | None = None


def _as_block(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


AnyCell = Annotated[
    CellShape, BeforeValidator(_as_block, json_schema_input_type=CellText | CellShape)
]
Row = Annotated[tuple[AnyCell, ...], Field(min_length=1, max_length=MOST_COLUMNS)]


class TableShape(_Strict):
    """A table of the maker's; a cell is a text, or a mapping of text and url."""

    columns: tuple[CellText, ...] = Field(min_length=1, max_length=MOST_COLUMNS)
    rows: tuple[Row, ...] = Field(min_length=1, max_length=25)


class StepShape(_Strict):
    """One step of the path, with its resources in reading order."""

    id: Slug
    title: StepTitle
    resources: tuple[ResourceShape, ...] = Field(min_length=1)
    number: Annotated[
        Label | None, BeforeValidator(_counted, json_schema_input_type=Label | int | None)
    ] = Field(None, description="As the maker counts: 1, Appendix.")
    icon: Icon | None = None
    addition: Addition = False
    found_by: FoundByShape = FoundByShape()
    introduction: Introduction = ()
    tables: tuple[TableShape, ...] = Field((), max_length=3)


class SectionShape(_Strict):
    """Steps that belong together under one heading."""

    id: Slug
    title: StepTitle
    steps: tuple[StepShape, ...] = Field(min_length=1)
    icon: Icon | None = None
    addition: Addition = False
    introduction: Introduction = ()


class UpdateShape(_Strict):
    """An entry of the maker's update log."""

    text: Text
    date: datetime.date | None = Field(None, description="2024-09-08")
    details: NoteOrNotes = ()


class CurriculumShape(_Strict):
    """A reading list for Nextread."""

    id: Annotated[
        str,
        StringConstraints(pattern=rf"^[a-z0-9-]{{1,{LONGEST_CURRICULUM_ID}}}$"),
        AfterValidator(_no_servers_namespace),
    ] = Field(
        description="Part of every key under which progress is kept: never change it.",
        json_schema_extra={"not": {"pattern": SERVERS_NAMESPACE}},
    )
    title: StepTitle
    sections: tuple[SectionShape, ...] = Field(min_length=1)
    icon: Icon | None = None
    maker: Label | None = Field(None, description="Who made the list.")
    url: Link | None = Field(None, description="Where the maker keeps the list.")
    introduction: Introduction = ()
    update_title: StepTitle | None = Field(None, description="Heading of the updates.")
    update_icon: Icon | None = None
    updates: tuple[UpdateShape, ...] = ()


def curriculum_schema() -> dict[str, object]:
    """Return the JSON Schema of a curriculum file, for editors that complete and check YAML."""
    dialect = GenerateJsonSchema.schema_dialect
    return {"$schema": dialect, **CurriculumShape.model_json_schema()}


def schema_text() -> str:
    """Return the schema as it is in ``data/curriculum.schema.json``."""
    return json.dumps(curriculum_schema(), indent=2, ensure_ascii=False) + "\n"
