"""Every word of the moderators' cards about the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.addition_needs import SetAside
from bot.core.moderation import Desk, Outcome, PastEdit, Proposal
from bot.core.page import Missing
from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    NotALinkError,
    NothingToExportError,
    StepRefusedError,
    TooManyAdditionsError,
)
from bot.plain import link, plain
from bot.views.error_texts import error_text
from bot.views.texts import MUST_READ, short_title, step_title, title_of, titles

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "add": "Add",
        "edit": "Edit",
        "cancel": "Cancel",
        "confirm": "Confirm",
        "texts": "Edit texts",
        "remove": "Remove",
        "restore": "Restore",
        "history": "History",
        "back": "◀ Back",
        "settle": "Doubts settled",
    }
)
PICK_A_STEP = "Put it into a step…"

# The form
FORM_TITLE = "What it is"
TITLE, TITLE_HINT = "Title", "As its page has it"
AUTHORS, AUTHORS_HINT = "Authors, year", "Vaswani et al., 2017"
MINUTES, MINUTES_HINT = "How long it takes", "45, or 1 h 30; empty if you don't know"
KIND = "What it is"
NOTES, NOTES_HINT = "Notes", "Why one might read it; a line for each note"

DETAILS, DETAILS_TITLE = "Link & questions", "Link and questions"
LINK, LINK_HINT = "Link", "Everyone's marks stay; the old link still finds it"
MUST_READ_LABEL, MUST_READ_HINT = "Must-read", "For this server"
MUST_READ_CHOICES: Mapping[str, str] = MappingProxyType(
    {"yes": f"{MUST_READ} Must-read", "no": "Not a must-read"}
)
QUESTIONS, QUESTIONS_HINT = "Questions", "To talk about in its thread; a line for each"

READ_NEXT, WHICH_GROUP = "Read it next", "Which group reads it next?"
PICK_A_GROUP = "Pick a group…"

CANCELLED = "Nothing was added."
SILENT = "⚠️ The page told me nothing about itself. **Edit** gives it a title, then you can add it."
MISSING: Mapping[Missing, str] = MappingProxyType(
    {
        "site": "⚠️ There is no site at this address. Check how it is spelled.",
        "page": "⚠️ The site says it has no such page. Check the link.",
    }
)
MISSING_AND_SILENT = "If you are sure of it, **Edit** gives it a title, then you can add it."
EXPORTED = (
    "This is the list as your server sees it, additions included."
    "\n-# `nextread check` reads it, and so does a bot of your own."
)
SET_ASIDE = "**Set aside for now**"
WOULD_CHANGE = "**Would change**"
NO_HISTORY = "Nobody changed it here yet."
REMOVED = "removed"
OWN = "added by this server"
ADDITION = "addition"


def proposal_heading(proposal: Proposal) -> str:
    """Return where the resource would go."""
    return f"-# Not added yet · would go to {plain(step_title(proposal.step), 100)}"


def page_warning(proposal: Proposal) -> str:
    """Return what is wrong with the link's page; "": it told its title."""
    missing = MISSING[proposal.missing] if proposal.missing else ""
    if proposal.silent:
        return f"{missing} {MISSING_AND_SILENT}" if missing else SILENT
    return missing


def twin_text(twin: Resource, curriculum: Curriculum) -> str:
    """Return a warning that much the same is listed."""
    step = plain(step_title(curriculum.step_of(twin)), 60)
    return f"⚠️ Much like {link(title_of(twin), twin.url, 100)}, which is listed in {step}."


def outcome_text(desk: Desk) -> str:
    """Return what just happened, and what to do next."""
    outcome: Outcome | None = desk.outcome
    name = f"**{plain(short_title(desk.resource))}**"
    if outcome is None:
        return f"{name} is removed from this server's list." if desk.removed else ""
    if outcome == "already":
        if desk.removed:
            return f"{name} was on this server's list before. **Restore** brings it back."
        return f"{name} is on the list already."
    if outcome == "removed":
        return "\n".join([f"🗑️ {name} is gone from this server's list.", *_touched(desk)])
    return {
        "added": f"✅ {name} is on this server's list now.",
        "changed": f"✅ Changed for this server: {name}.",
        "restored": f"✅ {name} is back on this server's list, with everyone's marks.",
        "settled": f"✅ The doubts about {name} are settled.",
        "same": f"Nothing to change: {name} is so already.",
    }[outcome]


def _touched(desk: Desk) -> Iterator[str]:
    """Yield what a removal meant for readers, for the list and for groups."""
    touched = desk.touched
    if touched is not None and touched.readers:
        yield f"{touched.readers} members of your groups marked it: they keep their marks on it."
    else:
        yield "Everyone keeps their marks on it."
    if touched is None:
        return
    if touched.needed_by:
        verb = "waits" if len(touched.needed_by) == 1 else "wait"
        yield f"{titles(touched.needed_by)} no longer {verb} for it."
    if touched.channel_ids:
        shown = ", ".join(f"<#{channel_id}>" for channel_id in touched.channel_ids[:5])
        more = len(touched.channel_ids) - 5
        where = f"{shown} and {more} more" if more > 0 else shown
        yield f"⚠️ It was picked, voted on or coming in {where}: `/group` there shows what comes."


def idle_lines(desk: Desk) -> Iterator[str]:
    """Yield which wishes change nothing, because it is so already."""
    name = plain(short_title(desk.resource))
    if (step := desk.idle.step) is not None:
        yield f"{name} is in {plain(step_title(step), 80)} already."
    if (needed := desk.idle.needs) is not None:
        yield f"{name} needs {plain(short_title(needed))} already."
    if (dropped := desk.idle.no_longer_needs) is not None:
        yield f"{name} doesn't need {plain(short_title(dropped))}: there is nothing to take away."


def doubts_lines(desk: Desk) -> Iterator[str]:
    """Yield what this server's readers doubt about the resource's prerequisites."""
    for doubt in desk.doubts[:5]:
        needed = desk.curriculum.get(doubt.needed)
        title = plain(short_title(needed)) if needed else "something no longer listed"
        why = f" “{plain(doubt.why)}”" if doubt.why else ""
        yield f"💬 A reader thinks it doesn't need {title}.{why}"
    if (more := len(desk.doubts) - 5) > 0:
        yield f"-# and {more} more"


def waiting_text(resources: Sequence[Resource]) -> str:
    """Return that readers' doubts wait for moderators."""
    named = titles(resources, most=5)
    return f"💬 Readers doubt what {named} needs: `/manage edit` shows what they say."


def needs_text(resource: Resource, curriculum: Curriculum) -> str:
    """Return what a resource waits for."""
    needed = [found for key in resource.prerequisites if (found := curriculum.get(key))]
    return f"**Needs**: {titles(needed, most=6)}" if needed else ""


def questions_text(resource: Resource) -> str:
    """Return what is asked about a resource."""
    asked = resource.questions
    more = f" (and {len(asked) - 1} more)" if len(asked) > 1 else ""
    return f"**Questions**: {plain(asked[0], 150)}{more}" if asked else ""


def wishes_lines(desk: Desk) -> Iterator[str]:
    """Yield what Confirm would do."""
    wishes = desk.wishes
    if not wishes:
        return
    yield WOULD_CHANGE
    if wishes.step is not None:
        before = desk.curriculum.step(desk.resource.step_id)
        yield f"- Step: {_step(before)}→ {plain(step_title(wishes.step), 80)}"
    if wishes.needs is not None:
        yield f"- Needs {plain(short_title(wishes.needs))}"
    if wishes.no_longer_needs is not None:
        yield f"- No longer needs {plain(short_title(wishes.no_longer_needs))}"


def set_aside_lines(desk: Desk, most: int = 5) -> Iterator[str]:
    """Yield the server's wishes that can't be followed, and why."""
    if desk.set_aside:
        yield SET_ASIDE
    for wish in desk.set_aside[:most]:
        yield f"- {_set_aside(wish, desk.curriculum)}"
    if len(desk.set_aside) > most:
        yield f"- and {len(desk.set_aside) - most} more"


def history_lines(desk: Desk, edits: list[PastEdit]) -> Iterator[str]:
    """Yield who changed what, when; the latest first."""
    yield f"### {plain(title_of(desk.resource), 200)}"
    if not edits:
        yield NO_HISTORY
    for edit in edits:
        who = "somebody" if edit.author_id is None else f"<@{edit.author_id}>"
        what = ", ".join(_FIELDS.get(name, name) for name in edit.fields)
        yield f"- <t:{int(edit.made_at.timestamp())}:f> {who} {edit.kind} {what or 'it'}"


_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "the title",
        "authors": "the authors",
        "year": "the year",
        "minutes": "the minutes",
        "kind": "the kind",
        "added_notes": "the notes",
        "url": "the link",
        "must_read": "the must-read mark",
        "questions": "the questions",
        "step_id": "the step",
        "needs": "what it needs",
        "no_longer_needs": "what it no longer needs",
    }
)


def _step(step: Step | None) -> str:
    return f"{plain(step_title(step), 80)} " if step else ""


def _set_aside(wish: SetAside, curriculum: Curriculum) -> str:
    name = _name(wish.key, curriculum)
    if wish.why == "step":
        return f"{name} can't go to the step `{wish.what}`"
    if wish.why == "link":
        return f"{name} keeps the list's link: the one it was given here is another's by now"
    needed = _name(wish.what, curriculum)
    return f"{name} would need {needed}, {_BECAUSE[wish.why]}"


def _name(key: str, curriculum: Curriculum) -> str:
    found = curriculum.get(key)
    return plain(short_title(found)) if found else f"`{key}`"


_BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        "loop": "which itself waits for it",
        "nowhere": "which is no longer there",
        "companion": "but nothing waits for what only helps",
        "list": "but the list itself waits for no addition",
    }
)


@error_text.register
def _(error: NotALinkError) -> str:
    return (
        f"I can't open “{plain(error.typed, 80)}”. Give the whole address,"
        " with https:// and at most 512 characters."
    )


_LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "title": "A title has 1 to 200 characters on one line, and no hidden ones.",
        "authors": "The authors have at most 200 characters, and no hidden ones.",
        "year": "The year is a number such as 2017.",
        "minutes": "Say how long it takes as 45, or 1 h 30.",
        "kind": "The kind is one of those offered.",
        "questions": "There are at most five questions, of 300 characters each.",
        "added_notes": "There are at most ten notes, of 500 characters each, and no hidden ones.",
        "card": "That is more text than fits on a card. Shorten the notes.",
        "needs": "One resource waits for at most 20 others.",
    }
)


@error_text.register
def _(error: BadFieldError) -> str:
    return f"{_LIMITS.get(error.field, 'That does not fit.')} Nothing was changed: try again."


@error_text.register
def _(error: LinkTakenError) -> str:
    return (
        f"That link already means **{plain(error.title, 120)}**. Nothing was changed:"
        " `/manage edit` opens that one."
    )


@error_text.register
def _(error: NeedRefusedError) -> str:
    name, needed = (f"**{plain(text, 80)}**" for text in (error.title, error.needed))
    why = _REFUSED_AS.get(error.why, _REFUSED_AS["nowhere"])
    if error.why == "loop" and error.title == error.needed:
        why = "nothing can wait for itself"
    return f"{name} can't need {needed}: {why}."


_REFUSED_AS: Mapping[str, str] = MappingProxyType(
    {
        "loop": "that one waits for it already",
        "nowhere": "that one is no longer there",
        "companion": "nothing waits for what only helps",
        "list": "what is on the list waits for no addition",
    }
)


@error_text.register
def _(error: StepRefusedError) -> str:
    return (
        f"**{plain(error.title, 80)}** can't go to **{plain(error.step, 80)}**: the maker's own"
        " stay in the maker's steps, and what helps stays with what it helps with."
    )


@error_text.register
def _(error: TooManyAdditionsError) -> str:
    return (
        f"Your server has changed {error.most:,} resources, and I keep no more."
        " `/manage export` gives you a list to run as your own."
    )


@error_text.register
def _(_: NothingToExportError) -> str:
    return "Everything on the list is removed here. `/manage edit` restores it."
