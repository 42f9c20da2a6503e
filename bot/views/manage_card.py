"""Moderators' cards about the list: what would be added, what can be changed, who changed it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import discord
from discord import app_commands, ui
from discord.ui import LayoutView

from bot.core.curriculum import KINDS, Curriculum, Resource, Step
from bot.core.curriculum.additions import NEW_STEP, OWN_STEP_TITLE, SetAside
from bot.core.curriculum.fields import LIMITS, Typed
from bot.core.groups import Group
from bot.core.moderation import (
    WHY_LIMIT,
    Choice,
    Desk,
    PastEdit,
    PastEdits,
    Proposal,
    Touched,
)
from bot.language import _, ngettext
from bot.plain import clipped, columns, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    BLUE,
    GREEN,
    GREY,
    RED,
    Button,
    Form,
    Lines,
    box,
    boxed,
    button,
    card,
    label,
    option,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.phrases import LINE
from bot.views.replies import CHOICES, Choices, choice, resource_choice, step_choices
from bot.views.weekly_card import schedule_text

HEAD, NOTES, BELOW = 1000, 1500, 1400  # shares of the characters of a card
FEW, MORE = 1, 5  # doubts, or wishes that aren't followed: on a short card, and under *More*
TITLE, WHOLE_TITLE, SHORT_NOTES = 64, 96, 100  # columns
EDITS_SHOWN = 3
LONGEST_INPUT = 4000  # Discord's limit for a text input


def card_of(shown: Proposal | Desk) -> LayoutView:
    """Build the card of what a draft stands for now."""
    return proposal_card(shown) if isinstance(shown, Proposal) else desk_card(shown)


def proposal_card(proposal: Proposal) -> LayoutView:
    """Build the preview of what would be added, with what speaks against it."""
    resource, draft = proposal.resource, (proposal.draft_id, proposal.opener_id)
    place = _("Not added yet · would go to {step}", step=phrases.step_name(proposal.step))
    return boxed(
        text_of([f"-# {place}", *phrases.about(resource, WHOLE_TITLE)], HEAD),
        text_of([*proposal_warnings(proposal)] or _notes(resource, SHORT_NOTES), BELOW),
        select(ids.StepOfDraft(*draft), _("Put it into a step…"), step_options(proposal)),
        row(
            None if proposal.silent else _button("add", draft, _("Add"), GREEN),
            _button("edit", draft, _("Edit")),
            _button("cancel", draft, _("Cancel")),
        ),
    )


def step_options(proposal: Proposal) -> list[discord.SelectOption]:
    """Build an option for each step where it could go; its own is chosen."""
    return [
        option(s.id, phrases.step_title(s), emoji=s.icon or None, default=s.id == proposal.step.id)
        for s in proposal.steps
    ]


def cancelled_card() -> LayoutView:
    return card(_("Nothing was added."))


def desk_card(desk: Desk, *, opens: bool = True) -> LayoutView:
    """Build the card on which a listed resource is changed for this server.

    ``opens``: what is seldom wanted, and all that is the matter but the first, stands under
    *More*; else it is open.
    """
    resource, draft = desk.resource, (desk.draft_id, desk.opener_id)
    told, undo = [_outcome(desk)], None
    if desk.outcome == "removed":
        told += _touched(desk.touched)
        undo = _button("restore", draft, _("Undo"))
    asked = () if opens else chain(_questions(resource), _parts(resource))
    most = FEW if opens else MORE
    way = ids.MoreOfDraft(*draft, "more" if opens else "less")
    told_of = ([*_idle(desk), *_wishes(desk)], _doubts(desk, most), _set_aside(desk, most))
    matters = [lines for lines in map(list, told_of) if lines]
    notes = () if opens and matters else _notes(resource, SHORT_NOTES if opens else NOTES)
    shown = box(
        text_of([_place(desk), *phrases.about(resource, TITLE)], HEAD),
        text_of([*notes, *asked], NOTES),
        text_of(_needs(resource, desk.curriculum, most + 1)),
        text_of(matters[0] if opens and matters else chain(*matters), BELOW),
        row(*_desk_buttons(desk, draft), button(way, _("More") if opens else _("Less"))),
        None if opens else row(*_seldom_wanted(draft)),
    )
    return card(text_of(told), undo, shown)


def history_card(history: PastEdits) -> LayoutView:
    """Build the list of who changed a resource, when; the latest first, and what was taken back."""
    desk, draft = history.desk, (history.desk.draft_id, history.desk.opener_id)
    lines = [f"- {_edit_text(edit)}" for edit in history.edits if not edit.taken_back]
    if (more := len(lines) - EDITS_SHOWN) > 0:
        lines[EDITS_SHOWN:] = [ngettext("-# and {n} more change", "-# and {n} more changes", more)]
    if taken_back := sum(edit.taken_back for edit in history.edits):
        lines.append(_("-# {n} taken back", n=taken_back))
    title = f"### {phrases.narrow(phrases.title_of(desk.resource), 40)}"
    told, undo = _stepped(history, draft)
    latest = history.latest
    shown = box(
        text_of([title, *(lines or [_("Nobody has changed it here yet.")])]),
        row(
            button(ids.StepBack(*draft, "undo", latest.change_id), _("Undo the last change"))
            if latest is not None and latest.before is not None
            else None,
            _button("back", draft, _("◀ Back")),
        ),
    )
    return card(told, undo, shown)


def _stepped(history: PastEdits, draft: tuple[int, int]) -> tuple[str | None, Button | None]:
    """Return what became of a step back, and what takes that back."""
    if (done := history.done) is not None:
        change = _change_text(done)
        if done.taken_back:
            undo = button(ids.StepBack(*draft, "redo", done.change_id), _("Undo"))
            return _("↩️ Taken back: {change}.", change=change), undo
        return _("✅ Changed again: {change}.", change=change), None
    match history.in_the_way:
        case PastEdit(taken_back=True) as earlier:
            said = _("Nothing was changed again: an earlier change is taken back, too. {change}")
            return said.format(change=_edit_text(earlier)), None
        case PastEdit() as later:
            said = _("Nothing was taken back: there is a later change. {change}")
            return said.format(change=_edit_text(later)), None
        case "import":
            return _(
                "Nothing was taken back: it was changed again after that, by an import or in"
                " another list. `/manage list` takes an import back."
            ), None
        case None:
            return None, None


def which_group_card(
    groups: Iterable[Group],
    guild: discord.Guild | None,
    draft: tuple[int, int],
    *,
    votes: bool = False,
) -> LayoutView:
    """Ask which group reads next what was added, or votes on it; ``draft``: its id and opener's.

    Of more groups than a select takes, `/manage pick` reaches the others.
    """
    options = []
    for group in groups:
        channel = guild and guild.get_channel(group.channel_id)
        name = phrases.dotted(f"#{channel.name}" if channel else "", schedule_text(group.schedule))
        options.append(option(str(group.group_id), name))
    question = _("Which group votes on it?") if votes else _("Which group reads it next?")
    said = ids.IntoVoteOf(*draft) if votes else ids.ReadNextIn(*draft)
    return boxed(question, select(said, _("Pick a group…"), options))


def new_step_choices(steps: Iterable[Step], new: Step | None) -> Choices:
    """Return the steps that there are as choices, and the new one that may be meant."""
    if new is None:
        return step_choices(steps)
    offered = choice(f"{NEW_STEP}{new.title}", _("New step: {title}", title=new.title))
    return [*step_choices(steps)[: CHOICES - 1], offered]


def edit_choices(choices: Iterable[Choice]) -> Choices:
    """Return choices of resources, removed ones marked as such."""
    return [_choice(one) for one in list(choices)[:CHOICES]]


class DraftForm(Form):
    """Filled with what is there, or was typed; only what differs from ``before`` is changed.

    ``again``: what a button says that opens it as it was typed, once it is refused.
    It does not outlive a restart: Discord then keeps the form open and says that it failed.
    """

    def __init__(
        self, title: str, before: Typed, again: type[ids.OfKept], *fields: ui.Label[Any]
    ) -> None:
        self.before = before
        self.again = again
        super().__init__(title, *fields)

    @property
    def typed(self) -> Typed:
        """What is typed; what the form doesn't ask for is as before."""
        return replace(self.before, **self.entered)


def texts_form(before: Typed, typed: Typed | None = None) -> DraftForm:
    """Build the form that asks what a resource is."""
    before = replace(before, notes=before.notes[:LONGEST_INPUT])
    shown = typed or before
    kinds = [
        option(
            kind,
            phrases.kind_name(kind),
            emoji=phrases.KIND_ICONS[kind],
            default=kind == shown.kind,
        )
        for kind in KINDS
    ]
    title = text_input(LIMITS["title"], shown.title, custom_id="title", required=True)
    authors = text_input(LIMITS["authors"] + 20, shown.authors, custom_id="authors")
    minutes = text_input(20, shown.minutes, custom_id="minutes")
    notes = text_input(LONGEST_INPUT, shown.notes, custom_id="notes", long=True)
    how_long = _("45 (minutes), or 1 h 30; empty if unknown")
    return DraftForm(
        _("What it is"),
        before,
        ids.EditTextsAgain,
        label(_("Title"), title, _("As on its page")),
        label(_("Authors, year"), authors, _("Vaswani et al., 2017")),
        label(_("How long it takes"), minutes, how_long),
        label(_("Kind"), ui.Select(custom_id="kind", options=kinds)),
        label(_("Notes"), notes, _("Why to read it; one line for each note")),
    )


def details_form(before: Typed, typed: Typed | None = None) -> DraftForm:
    """Build the form for link, must-read mark, questions and parts; a companion has but a link."""
    shown = typed or before
    link = text_input(LIMITS["url"], shown.link, custom_id="link", required=True)
    fields = [label(_("Link"), link, _("Everyone's marks stay; the old link still finds it"))]
    if before.must_read:  # not a companion
        must_read, yes = shown.must_read, f"{phrases.MUST_READ} {_('Must-read')}"
        ways = [
            option("yes", yes, default=must_read == "yes"),
            option("no", _("Not a must-read"), default=must_read == "no"),
        ]
        asked = text_input(LIMITS["questions"], shown.questions, custom_id="questions", long=True)
        hint = _("For its thread; one line for each question")
        parts = text_input(LIMITS["parts"], shown.parts, custom_id="parts", long=True)
        weekly = _("One a week for a group, like “chapters 1-3”; one line for each part")
        choice = ui.Select[Any](custom_id="must_read", options=ways)
        fields += [
            label(_("Must-read"), choice, _("For this server")),
            label(_("Questions"), asked, hint),
            label(_("Parts"), parts, weekly),
        ]
    return DraftForm(_("Link, questions, parts"), before, ids.EditDetailsAgain, *fields)


def _button(
    action: ids.DraftAction, draft: tuple[int, int], label: str, style: discord.ButtonStyle = GREY
) -> Button:
    return button(ids.DoToDraft(*draft, action), label, style)


def _desk_buttons(desk: Desk, draft: tuple[int, int]) -> Iterator[Button]:
    """Yield what is wanted most, four buttons at most."""
    if desk.wishes:
        yield _button("confirm", draft, _("Confirm"), GREEN)
    yield _button("texts", draft, _("Edit texts"))
    if desk.outcome != "removed":  # whose Undo stands above
        yield (
            _button("restore", draft, _("Restore"))
            if desk.removed
            else _button("remove", draft, _("Remove"), RED)
        )
    if desk.doubts:
        yield _button("settle", draft, _("Doubts settled"))
    elif desk.groups:
        yield button(ids.ReadNext(*draft), _("Read it next"), BLUE)


def _seldom_wanted(draft: tuple[int, int]) -> Iterator[Button]:
    yield button(ids.EditDetails(*draft), _("Link, questions, parts"))
    yield _button("history", draft, _("History"))


def _place(desk: Desk) -> str:
    step, own_note = desk.curriculum.step(desk.resource.step_id), None
    if desk.own and not (step and step.title == OWN_STEP_TITLE):
        own_note = _("added by this server")
    elif desk.resource.addition and not desk.own:
        own_note = _("addition")
    place = phrases.dotted(
        phrases.step_name(step) if step else None,
        own_note,
        phrases.MUST_READ if desk.resource.must_read else None,
        _("removed") if desk.removed else None,
    )
    return f"-# {place}"


def _notes(resource: Resource, left: int) -> Lines:
    """Yield what moderators noted, as much as fits ``left`` columns."""
    for note in resource.added_notes:
        if left < 20:
            return
        yield f"> {phrases.narrow(note, left)}"
        left -= columns(note)


def _questions(resource: Resource) -> Lines:
    if asked := resource.questions:
        first, more = plain(asked[0], 150), len(asked) - 1
        yield (
            _("**Questions**: {first} (and {n} more)", first=first, n=more)
            if more
            else _("**Questions**: {first}", first=first)
        )


def _parts(resource: Resource) -> Lines:
    if names := [phrases.narrow(name, 24) for name in resource.parts[:MORE]]:
        more = len(resource.parts) - len(names)
        rest = _("and {n} more", n=more) if more else ""
        yield _("**In parts**: {names}", names=phrases.dotted(*names, rest))


def _needs(resource: Resource, curriculum: Curriculum, most: int) -> Lines:
    if needed := [found for key in resource.prerequisites if (found := curriculum.get(key))]:
        yield _("**Needs**: {titles}", titles=phrases.titles(needed, most, LINE))


def proposal_warnings(proposal: Proposal) -> Lines:
    """Yield what is wrong with the link's page, and which listed resources may be the same."""
    if proposal.missing == "site":
        yield _("⚠️ There is no site at this address. Check how it is spelled.")
    elif proposal.missing == "page":
        yield _("⚠️ The site says it has no such page. Check the link.")
    elif proposal.silent:
        yield _(
            "⚠️ I found no title on the page. Press **Edit** to give it one, then you can add it."
        )
    if proposal.missing and proposal.silent:
        yield _("If the link is right, press **Edit** to give it a title. Then you can add it.")
    for twin in proposal.twins[:1]:
        yield _(
            "⚠️ It looks like {title}, which is already in {step}.",
            title=phrases.linked(twin, LINE),
            step=phrases.step_name(proposal.curriculum.step_of(twin), LINE),
        )


def _outcome(desk: Desk) -> str:
    """Return what has just happened to the resource; nothing where there is nothing to say."""
    said: dict[str | None, str] = {
        "already": _("**{name}** is already on the list."),
        "removed": _("🗑️ Removed from this server's list: **{name}**."),
        "added": _("✅ **{name}** is on this server's list now."),
        "changed": _("✅ Changed for this server: **{name}**."),
        "restored": _("✅ **{name}** is back on this server's list, with everyone's marks."),
        "settled": _("✅ The doubts about **{name}** are settled."),
        "same": _("Nothing to change: **{name}** is already like that."),
    }
    if desk.removed:
        said |= {
            None: _("**{name}** is removed from this server's list."),
            "already": _(
                "**{name}** was on this server's list before. **Restore** brings it back."
            ),
        }
    return said.get(desk.outcome, "").format(name=phrases.name_of(desk.resource))


def _touched(touched: Touched | None) -> Lines:
    """Yield what a removal meant for readers, for the list and for groups."""
    if touched and touched.readers:
        yield ngettext(
            "{n} member of your groups marked it. They keep their mark.",
            "{n} members of your groups marked it. They keep their marks.",
            touched.readers,
        )
    else:
        yield _("Everyone keeps their marks on it.")
    if touched and touched.needed_by:
        yield _("These no longer need it: {titles}.", titles=phrases.titles(touched.needed_by))
    if touched and touched.channel_ids:
        yield _(
            "⚠️ It was picked, in a vote, or next in {rooms}: `/group` there shows what comes next.",
            rooms=phrases.channels(touched.channel_ids, 3),
        )


def _idle(desk: Desk) -> Lines:
    """Yield which wishes change nothing, because it is so already."""
    name, idle = phrases.name_of(desk.resource, LINE), desk.idle
    if idle.step:
        yield _("{name} is already in {step}.", name=name, step=phrases.step_name(idle.step, LINE))
    if idle.needs:
        yield _(
            "{name} already needs {needed}.", name=name, needed=phrases.name_of(idle.needs, LINE)
        )
    if idle.no_longer_needs:
        dropped = phrases.name_of(idle.no_longer_needs, LINE)
        yield _(
            "{name} doesn't need {dropped}: there is nothing to remove.",
            name=name,
            dropped=dropped,
        )


def _doubts(desk: Desk, most: int) -> Lines:
    longest = 80 if most == FEW else WHY_LIMIT
    for doubt in desk.doubts[:most]:
        told = (
            _("💬 A reader thinks it doesn't need {title}: “{why}”")
            if doubt.why
            else _("💬 A reader thinks it doesn't need {title}.")
        )
        title = phrases.narrow(phrases.title_in(desk.curriculum, doubt.needed))
        yield told.format(title=title, why=phrases.narrow(doubt.why, longest))
    if (more := len(desk.doubts) - most) > 0:
        yield ngettext("-# and {n} more doubt", "-# and {n} more doubts", more)


def _wishes(desk: Desk) -> Lines:
    """Yield what Confirm would do."""
    wishes = desk.wishes
    if wishes:
        yield _("**This would change**")
    if wishes.step:
        before = desk.curriculum.step(desk.resource.step_id)
        steps = [phrases.step_name(step, LINE) for step in (before, wishes.step) if step]
        yield _("- Step: {steps}", steps=" → ".join(steps))
    if wishes.needs:
        yield _("- Needs {title}", title=phrases.name_of(wishes.needs, LINE))
    if wishes.no_longer_needs:
        yield _("- No longer needs {title}", title=phrases.name_of(wishes.no_longer_needs, LINE))


def _set_aside(desk: Desk, most: int) -> Lines:
    """Yield the server's wishes that can't be followed, and why."""
    if desk.set_aside:
        yield _("**Not used for now**")
    for wish in desk.set_aside[:most]:
        yield f"- {_set_aside_text(wish, desk.curriculum)}"
    if (more := len(desk.set_aside) - most) > 0:
        yield _("-# and {n} more", n=more)


def _set_aside_text(wish: SetAside, curriculum: Curriculum) -> str:
    found, needed = curriculum.get(wish.key), curriculum.get(wish.what)
    because = {
        "step": _("{name} can't go to the step `{step}`"),
        "link": _(
            "{name} keeps the list's link: the link from here now belongs to another resource"
        ),
        "loop": _("{name} can't need {needed}: that one already needs it"),
        "nowhere": _("{name} can't need {needed}: that is no longer there"),
        "companion": _("{name} can't need {needed}: one of them only helps with another resource"),
        "list": _("{name} can't need {needed}: the list's own resources never need an added one"),
    }
    return because[wish.why].format(
        name=phrases.name_of(found, LINE) if found else f"`{wish.key}`",
        needed=phrases.name_of(needed, LINE) if needed else f"`{wish.what}`",
        step=wish.what,
    )


def _edit_text(edit: PastEdit) -> str:
    who = _("somebody") if edit.author_id is None else f"<@{edit.author_id}>"
    return f"{phrases.moment(edit.made_at, 'd')} · {who} · {_change_text(edit)}"


def _change_text(edit: PastEdit) -> str:
    fields = {
        "title": _("title"),
        "authors": _("authors"),
        "year": _("year"),
        "minutes": _("minutes"),
        "kind": _("kind"),
        "added_notes": _("notes"),
        "url": _("link"),
        "must_read": _("must-read mark"),
        "questions": _("questions"),
        "parts": _("parts"),
        "step_id": _("step"),
        "needs": _("what it needs"),
        "no_longer_needs": _("what it no longer needs"),
    }
    kind = {
        "added": _("added"),
        "changed": _("changed"),
        "removed": _("removed"),
        "restored": _("restored"),
    }[edit.kind]
    what = phrases.several([fields.get(name, name) for name in edit.fields], 3, "settings")
    return f"{kind}: {what}" if what else kind


def _choice(one: Choice) -> app_commands.Choice[str]:
    if one.removed:
        return resource_choice(one.resource, "🗑️ ", f" · {_('removed')}")
    tail = f" · {clipped(phrases.step_place(one.step), 30)}" if one.step else ""
    return resource_choice(one.resource, "", tail)
