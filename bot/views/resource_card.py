"""The card of one resource: as the next one, as marked, or looked up."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import discord
from discord import ui

from bot.core.curriculum import Curriculum, Resource
from bot.core.progress import Count, Mark, figures, is_read, unlocks
from bot.core.recommend import (
    LONGEST_NOTE,
    AllPutOff,
    AllRead,
    AlsoDone,
    Back,
    FinishedPrerequisites,
    GoDeeper,
    OnGoalPath,
    Opens,
    PartlyDone,
    Reason,
    Recommendation,
    Reply,
    Shown,
    Sitting,
    Talk,
    TooNarrow,
    Worth,
    may_be_goal,
    opens,
    path_to,
)
from bot.core.weeks import address
from bot.errors import UnknownResourceError
from bot.language import _, ngettext, pgettext
from bot.plain import columns, link, markdown, narrowed, one_line, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.changed import changed_parts
from bot.views.parts import (
    BLUE,
    COLUMNS,
    GREEN,
    GREY,
    LINK,
    OPTIONS,
    Form,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    go_button,
    label,
    lines_on_phone,
    link_button,
    option,
    page_of,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.replies import way_out

# Shares of the 4,000 characters that Discord allows a card; heading and opened take the rest.
WHY, NOTES, COMPANIONS, PARTS, QUESTIONS = 600, 900, 700, 500, 400
UNCLEAR_SHOWN, PARTS_SHOWN = 5, 8
WHOLE_LIST, MORE_GOALS = "list", "more"
"""Options beside the keys of goals, which all have a colon."""

SHORT_NOTES, HELPING = 220, 40
"""Columns of notes on a short card, and of the title of what helps."""

LIST_TITLE = 24
"""Columns of a list's title beside a step's name."""

A_GROUP = 4
"""Lines for what a group reads: a channel may have a name of a hundred letters."""

ROOM = 15
"""Lines of text on a short card that has a row of buttons and a select: a phone shows it whole."""


def next_card(
    reply: Reply,
    *,
    is_long: bool = False,
    goals: int | None = None,
) -> ui.LayoutView:
    """Build the answer to `/next`, to a mark and to Undo: what changed, then what comes next.

    ``is_long``: with all there is to say of that. ``goals``: with this page of what may be the
    reader's goal, for who has just told what they know.
    """
    curriculum, reads = reply.curriculum, None
    goal = None if goals is None else goal_select(reply, goals)
    match reply.answer:
        case Recommendation(resource, reasons):
            mark = reply.reader.marks.get(resource.key)
            unfold = ids.Unfold("less" if is_long else "more", "next", resource.key)
            reads = text_of(islice(_group_reads(reply, resource), 3 if is_long else 1))
            shown = _resource_box(
                curriculum, resource, mark, unfold,
                reasons=reasons, worth=reply.worth, sitting=reply.sitting,
                note=reply.reader.notes.get(resource.key), talks=reply.talks,
                is_new=not reply.reader.marks, goal=goal, list_title=reply.reader.list_title,
                room=ROOM - (A_GROUP if reads else 0),
            )  # fmt: skip
            goal = None
        case GoDeeper():
            buttons = row(_deeper_button(BLUE), go_button("progress"))
            shown = box(*_list_read(reply, reply.answer), buttons)
        case AllRead():
            shown = box(*_all_read(reply), row(go_button("progress")))
        case AllPutOff():
            shown = _put_off_box(reply.answer)
        case TooNarrow():
            shown = _too_narrow_box(curriculum, reply.answer)
    back = _back_parts(reply.back) if reply.back is not None else ()
    whose = from_guild_text(reply.from_guild)
    return card(*changed_parts(reply), *back, whose, shown, goal, reads)


def goal_select(reply: Reply, page: int = 0) -> ui.Select[Any] | None:
    """Build the choice where to get to: the whole list, a step, a resource; None with a goal.

    The last page leads to the first again.
    """
    curriculum, marks = reply.curriculum, reply.reader.marks
    goal = curriculum.find(reply.reader.goal or "")
    if goal is not None and path_to(curriculum, marks, goal.key):
        return None
    steps = [s for s in curriculum.steps if may_be_goal(curriculum, s)]
    steps = [s for s in steps if path_to(curriculum, marks, s.key)]
    unread = [r for r in curriculum.reading_order if not unlocks(marks, r.key)]
    unread.sort(key=lambda each: not each.must_read)
    options = [option(WHOLE_LIST, _("The whole list"), _("In its own order"))]
    options += [
        option(s.key, phrases.step_title(s), phrases.read_of(s, marks), emoji=s.icon or None)
        for s in steps
    ]
    options += [option_of(resource, curriculum) for resource in unread]
    pages = -(-len(options) // (OPTIONS - 1))
    shown, page, _last = page_of(options, page % pages, OPTIONS - 1)
    if pages > 1:
        shown.append(option(MORE_GOALS, _("More goals…")))
    return select(ids.PickGoal(page), _("Choose your goal…"), shown)


def done_card(told: Reply | AlsoDone | PartlyDone) -> ui.LayoutView:
    match told:
        case AlsoDone():
            return also_done_card(told)
        case PartlyDone():
            return partly_done_card(told)
        case _:
            return next_card(told)


def resource_card(shown: Shown, *, is_long: bool = False) -> ui.LayoutView:
    """Build the card of a resource that was looked up; ``is_long``: all there is to say of it."""
    curriculum, resource, marks = shown.curriculum, shown.resource, shown.reader.marks
    missing = path_to(curriculum, marks, resource.key)[:-1]
    mark = shown.reader.marks.get(resource.key)
    unfold = ids.Unfold("less" if is_long else "more", "shown", resource.key)
    looked_up = _resource_box(
        curriculum, resource, mark, unfold, worth=shown.worth, missing=missing,
        note=shown.reader.notes.get(resource.key), talks=shown.talks,
        list_title=shown.reader.list_title,
    )  # fmt: skip
    return card(from_guild_text(shown.from_guild), looked_up)


def also_done_card(asked: AlsoDone) -> ui.LayoutView:
    """Build the question after a second bare `/done`, or a tap that may be a slip."""
    key, rating, title = (
        asked.resource.key,
        asked.rating,
        phrases.narrow(phrases.title_of(asked.resource), 90),
    )
    if asked.before is None:
        question = _("Have you read **{title}**?", title=title)
    else:
        before = phrases.name_of(asked.before)
        question = _(
            "You just marked **{before}**. Have you also read **{title}**?",
            before=before,
            title=title,
        )
    rated = None if rating is None else _("Your rating for it: {rating} of 5.", rating=rating)
    said = ids.Done(key) if rating is None else ids.DoneRated(rating, key)
    buttons = row(button(said, _("Done"), GREEN), go_button("next"))
    return boxed(question, rated, buttons)


def partly_done_card(asked: PartlyDone) -> ui.LayoutView:
    """Build the answer to `/done` with several names of which some aren't clear."""
    likely = {r.key: option_of(r, asked.curriculum) for one in asked.unclear for r in one.likely}
    which = select(
        ids.DoneToo(asked.rating or 0),
        _("Which ones have you read?"),
        list(likely.values()),
        OPTIONS,
    )
    unclear = box(text_of(_unclear_lines(asked)), which, row(go_button("next")))
    changed = changed_parts(asked.reply) if asked.reply else ()
    return card(*changed, unclear)


def resource_select(
    resources: Iterable[Resource], curriculum: Curriculum, said: ids.CustomId | None = None
) -> ui.Select[Any] | None:
    """Build the select that opens the card of one of the resources; None without any.

    ``said``: what its click says, where that isn't ``ShowResource``.
    """
    options = [option_of(resource, curriculum) for resource in resources]
    return select(said or ids.ShowResource(), _("Show one of these…"), options)


def option_of(resource: Resource, curriculum: Curriculum, state: str = "") -> discord.SelectOption:
    """Return the option of a resource; ``state``: the reader's, in words."""
    told = phrases.dotted(state, phrases.step_title(curriculum.step_of(resource)))
    return option(
        resource.key, phrases.title_of(resource), told, emoji=phrases.KIND_ICONS[resource.kind]
    )


@way_out.register
def _which(error: UnknownResourceError) -> ui.Select[Any] | None:
    likely = [option(key, title) for key, title in error.like_it]
    return select(ids.ShowResource(), _("Show one of these…"), likely)


def note_lines(resource: Resource) -> list[str]:
    """Return what is said of a resource, as quotes."""
    notes = [markdown(resource.sentence)] if resource.sentence else []
    notes += [plain(note) for note in (*resource.notes, resource.remark) if note]
    not_the_makers = _("added to the list, but not by its maker")
    quoted = [f"> {note}" for note in notes]
    return quoted + [f"> {plain(note)}\n> -# {not_the_makers}" for note in resource.added_notes]


def companion_lines(resource: Resource) -> list[str]:
    """Return what helps with a resource."""
    heading = resource.companions_title or _("Helps with it")
    lines = [f"**{plain(heading, 80)}**"]
    for companion in resource.companions:
        named = f"{phrases.KIND_ICONS[companion.kind]} {link(companion.title, companion.opens)}"
        lines.append(phrases.dotted(named, phrases.takes(companion)))
        if companion.remark:
            lines.append(f"-# {plain(companion.remark)}")
    return lines if resource.companions else []


def _back_parts(back: Back) -> Iterator[str | ui.ActionRow[Any] | None]:
    """Yield what is told to who was away for weeks."""
    lines = [_("👋 Welcome back.")]
    if back.last is not None:
        resource, at = back.last
        title, day = phrases.name_of(resource), phrases.moment(at, "D")
        lines.append(_("You read last, on {day}: **{title}**", day=day, title=title))
    for channel_id, n, left in back.meanwhile[:3]:
        since = ngettext("{n} paper since then", "{n} papers since then", n)
        still = _("{left} of them not read by you", left=left) if left else None
        lines.append(f"<#{channel_id}>: {phrases.dotted(since, still)}")
    yield "\n".join(lines)
    if back.locked is not None:
        first = _("What first for this week's paper?")
        yield row(button(ids.ShowPath(back.locked.key), first))


def _resource_box(
    curriculum: Curriculum,
    resource: Resource,
    mark: Mark | None,
    unfold: ids.Unfold,
    *,
    reasons: Sequence[Reason] = (),
    worth: Worth | None = None,
    missing: Sequence[Resource] = (),
    sitting: Sitting | None = None,
    note: str | None = None,
    talks: Sequence[Talk] = (),
    is_new: bool = False,
    goal: ui.Select[Any] | None = None,
    list_title: str = "",
    room: int = ROOM,
) -> ui.Container[Any]:
    """Build what there is to say of a resource: the short of it, or all; ``unfold`` leads on.

    ``note``: how far the reader is in it. ``is_new``: the reader has marked nothing. ``goal``: the
    choice of one, for who knows much. ``list_title``: for who has several lists in sight.
    """
    key, is_open = resource.key, mark is None or mark.state == "later"
    is_long = unfold.fold == "less"
    asks = goal is not None or (is_new and (is_long or sitting is None))
    any_length = None
    if sitting is not None and goal is None:
        any_length = button(ids.AnyLength(), _("Any length"))
    marking = (
        [button(ids.Done(key), _("Done"), GREEN)]
        if is_open
        else [button(ids.NotRead(key), _("Not read yet")), go_button("next")]
    )
    fold = button(unfold, _("Less") if is_long else _("More"))
    top = [
        "\n".join(_heading(curriculum, resource, mark, list_title)),
        None if note is None or not is_open else _part_text(note),
        None if sitting is None else text_of(_sitting_lines(sitting)),
    ]
    locked = _locked_text(missing) if missing and is_open else None
    if is_long:
        told = [*_long_lines(curriculum, resource, reasons, worth), text_of(_talk_lines(talks))]
    else:
        taken = sum(lines_on_phone(part) for part in (*top, locked) if part)
        rows = 2 if any_length or asks or not is_open else 0
        told = [*_short_lines(curriculum, resource, reasons, room - rows - taken)]
    return box(
        *top,
        *told,
        locked,
        row(link_button(_("Open"), resource.opens), *marking, any_length, None if goal else fold),
        button(ids.Similar(key), _("Similar")) if is_long else None,
        go_button("know") if asks else None,
        goal or (_aside_select(key, len(missing)) if is_open else None),
    )


def _short_lines(
    curriculum: Curriculum, resource: Resource, reasons: Sequence[Reason], room: int
) -> Iterator[str]:
    """Yield what the maker says, what helps, and the strongest reason, if it says anything.

    In so many lines of a phone; for what has no room there, there is *More*.
    """
    short = [*short_of(resource, room)]
    yield from short
    strongest = next(iter(reasons), None)
    if isinstance(strongest, OnGoalPath | FinishedPrerequisites) or strongest == "group_reads_it":
        reason = _reason_text(strongest, curriculum, resource).removeprefix("- ")
        yield from as_many_as_fit([reason], room - sum(map(lines_on_phone, short)))


def short_of(resource: Resource, room: int = ROOM) -> Iterator[str]:
    """Yield the maker's words and what helps, in short: in so many lines of a phone."""
    gone = phrases.gone_page(resource) if room > 1 else None
    notes = text_of(filter(None, [gone, *_short_notes(resource, room - bool(gone))]))
    if notes is not None:
        yield notes
        room -= lines_on_phone(notes)
    helping = _helping_text(resource, room)
    if helping is not None:
        yield helping


def _helping_text(resource: Resource, room: int) -> str | None:
    """Return what helps with a resource, as much as so many lines of a phone take."""
    helping = [
        f"{phrases.KIND_ICONS[each.kind]} {phrases.linked(each, HELPING)} {phrases.takes(each)}"
        for each in resource.companions[:2]
    ]
    for n in range(len(helping), 0, -1):
        told = phrases.dotted(*map(str.rstrip, helping[:n]))
        if lines_on_phone(told) <= room:
            return told
    return None


def _short_notes(resource: Resource, room: int) -> Iterator[str]:
    """Yield the maker's words, shortened; if there are none, the first sentence of others'."""
    said = [LINK.sub(r"\1", resource.sentence)] if resource.sentence else []
    said += [note for note in (*resource.notes, resource.remark) if note]
    if not said:
        said = [note.split(". ")[0].rstrip(".") + "." for note in resource.added_notes[:1]]
    left = SHORT_NOTES
    for note in said:
        if left < 20 or room < 1:
            return
        told = f"> {phrases.narrow(note, min(left, room * COLUMNS['>'] - 3))}"
        yield told
        left -= columns(note)
        room -= lines_on_phone(told)


def _long_lines(
    curriculum: Curriculum, resource: Resource, reasons: Sequence[Reason], worth: Worth | None
) -> Iterator[str | None]:
    """Yield all reasons and notes, what helps, who liked it, and what it is needed for."""
    why = (_reason_text(reason, curriculum, resource) for reason in reasons)
    yield text_of(filter(None, [phrases.gone_page(resource), *why]), WHY)
    yield text_of(note_lines(resource), NOTES)
    yield text_of(companion_lines(resource), COMPANIONS)
    yield text_of(_parts(resource), PARTS)
    yield text_of(_questions(resource), QUESTIONS)
    if worth is not None:
        yield _("-# Liked by {liked} of {rated} readers.", liked=worth.liked, rated=worth.rated)
    if not reasons and (others := opens(curriculum, resource.key)):
        yield _("**Needed for**: {titles}", titles=phrases.titles(others, most=6))
    if resource.original_url:
        publishers = _("the publisher's own copy")
        yield f"-# {link(publishers, resource.original_url)}"


def _questions(resource: Resource) -> Iterator[str]:
    """Yield what a reader may ask themselves about a resource."""
    if resource.questions:
        yield _("**Ask yourself**")
        yield from (f"{n}. {plain(each)}" for n, each in enumerate(resource.questions, start=1))


def _parts(resource: Resource) -> Iterator[str]:
    """Yield what a group would read of a resource, a part a week."""
    if names := resource.parts[:PARTS_SHOWN]:
        yield _("**In parts**")
        yield from (f"{n}. {phrases.narrow(name, 48)}" for n, name in enumerate(names, start=1))
    if (more := len(resource.parts) - PARTS_SHOWN) > 0:
        yield ngettext("-# and {n} more part", "-# and {n} more parts", more)


def _part_text(note: str) -> str:
    if not note:
        return _("📖 You've read part of it.")
    return _("📖 You've read part of it: {note}", note=plain(note))


def _talk_lines(talks: Sequence[Talk]) -> Iterator[str]:
    """Yield where groups talked about it."""
    for talk in talks[:3]:
        day, channel = phrases.moment(talk.at, "D"), f"<#{talk.channel_id}>"
        said = _("💬 {channel} talked about it, {day}", channel=channel, day=day)
        # Translators: a link to where a group talked about a paper.
        there = _("the talk")
        yield phrases.dotted(said, f"[{there}]({talk.url})")


def part_form(shown: Shown) -> Form:
    """Build the form that asks how far a reader is in a resource."""
    note = text_input(
        LONGEST_NOTE,
        shown.reader.notes.get(shown.resource.key, ""),
        custom_id="note",
        example=_("Section 3, up to the figure"),
    )
    where = label(_("Where are you?"), note, _("It stays on the card until you are done"))
    return Form(_("I've read part of it"), where)


def _locked_text(missing: Sequence[Resource]) -> str:
    n, titles = len(missing), phrases.titles(missing)
    for duration in phrases.sum_of(missing):
        return _("🔒 {n} first, {duration}: {titles}", n=n, duration=duration, titles=titles)
    return _("🔒 {n} first: {titles}", n=n, titles=titles)


def _put_off_box(answer: AllPutOff) -> ui.Container[Any]:
    """Say when what was put off comes back, and what helps with it until then."""
    first = answer.first
    day, title = phrases.moment(answer.until, "D"), phrases.name_of(first, 40)
    told = _("### 💤 Back on {day}: {title}", day=day, title=title)
    why = (
        _("You chose *Later*. Until then, the list has nothing else for you.")
        if answer.deeper
        else _("You chose *Later*. Until then, there is nothing else for you.")
    )
    return box(
        told,
        why,
        _helping_text(first, ROOM // 2),
        row(
            button(ids.NotRead(first.key), pgettext("a resource put off", "Take it back"), GREEN),
            _deeper_button() if answer.deeper else None,
            go_button("progress"),
        ),
    )


def _deeper_button(style: discord.ButtonStyle = GREY) -> ui.Button[Any]:
    return button(ids.GoDeeper(), _("Go deeper"), style)


def _aside_select(key: str, before: int = 0) -> ui.Select[Any] | None:
    """Build what else to do with something; ``before``: how many are to be read before it."""
    ways = [
        option("later", _("Later"), _("Comes back in a week")),
        option("known", _("I know it"), _("Counts as read")),
    ]
    if before:
        all_known = ngettext(
            "I know it, and the one before it", "I know it, and the {n} before it", before
        )
        ways = [
            option("goal", _("Make this my goal"), _("The way to it comes first")),
            option("path", _("What first?"), _("What to read before it, in order")),
            *ways,
            option("known_before", all_known, _("All of them count as read")),
        ]
    never = _("Not suggested again; you can still read what needs it")
    ways.append(option("skipped", _("Never"), never))
    ways.append(option("part", _("I've read part of it"), _("Keep a line for next time")))
    return select(ids.PutAside(key), _("What now…") if before else _("Not this one…"), ways)


def _sitting_lines(sitting: Sitting) -> Iterator[str]:
    """Yield how what comes next fits the time that the reader has, and what does fit."""
    n, sittings = sitting.minutes, sitting.sittings
    if sittings == 1:
        yield _("⏱️ For {n} min: it fits.", n=n)
    elif sittings is not None:
        yield _("⏱️ For {n} min: it takes {sittings} sittings.", n=n, sittings=sittings)
    else:
        yield _("⏱️ For {n} min: read a piece of it.", n=n)
    if sitting.companion is not None:
        yield _("This fits: {title}", title=_taking(sitting.companion))
    if sitting.shortest is not None:
        yield _("The shortest you can read now: {title}", title=_taking(sitting.shortest))


def _taking(resource: Resource) -> str:
    title = link(narrowed(one_line(phrases.short_title(resource)), 36), resource.opens)
    return phrases.dotted(title, phrases.takes(resource))


def _heading(
    curriculum: Curriculum, resource: Resource, mark: Mark | None, list_title: str
) -> Iterator[str]:
    parent = curriculum.get(resource.parent or "")
    place = phrases.dotted(
        phrases.narrow(list_title, LIST_TITLE) if list_title else None,
        phrases.step_name(curriculum.step_of(resource)),
        phrases.MUST_READ if resource.must_read else None,
        _("helps with {title}", title=phrases.name_of(parent)) if parent else None,
        _("addition") if resource.addition else None,
        phrases.mark_text(mark) if mark else None,
    )
    yield f"-# {place}"
    yield f"### {phrases.linked(resource)}"
    yield phrases.facts(resource)


def _reason_text(reason: Reason, curriculum: Curriculum, resource: Resource) -> str:
    """Return one reason, as a sentence to the reader."""

    def named(keys: Sequence[str]) -> str:
        return phrases.titles([found for key in keys if (found := curriculum.get(key))])

    match reason:
        case "first_step":
            return _("- The list begins here.")
        case FinishedPrerequisites(keys):
            return _("- You have what it needs: {titles}.", titles=named(keys))
        case "must_read":
            return _("- {icon} It is a must-read.", icon=phrases.MUST_READ)
        case Opens(keys):
            return _("- You need it for: {titles}.", titles=named(keys))
        case OnGoalPath(goal, left):
            aim = curriculum.find(goal)
            if aim is None or aim == resource:
                return _("- It is your goal, and you're ready for it.")
            title = phrases.name_of(aim)
            return _("- It leads to your goal, {title}: {n} left.", title=title, n=left)
        case "group_reads_it":
            return _("- Your study group reads it this week.")
        case "next_on_list":
            return _("- It comes next on the list.")
        case "goes_deeper":
            return _("- It goes deeper than the list.")


def _all_read(reply: Reply) -> Iterator[str]:
    """Yield what a reader reads for whom nothing is left: who only knew it isn't cheered."""
    found = figures(reply.curriculum, reply.reader.marks)
    if not reply.curriculum.resources:
        yield f"### {phrases.empty_list_text()}"
        if reply.reader.list_title:
            yield _("`/next` with its `list` reads from another one.")
    elif found.listed.is_done and found.added.is_done:
        yield _(
            "## 🎉 You've read everything\n"
            "The list, and all that goes deeper. You can find it again with `/search`."
        )
    else:
        yield _("### Nothing is left of the list, or beyond")
        yield _counts_text(found.listed, found.added)
        yield _("You can find it again with `/search`.")


def _counts_text(*counts: Count) -> str:
    """Return how many were read, known, and left out: those that there are."""
    known, skipped = sum(each.known for each in counts), sum(each.skipped for each in counts)
    read = sum(each.read for each in counts) - known
    return phrases.dotted(
        _("✅ {n} read", n=read) if read else None,
        _("☑️ {n} known", n=known) if known else None,
        _("🚫 {n} left out", n=skipped) if skipped else None,
    )


def _list_read(reply: Reply, answer: GoDeeper) -> Iterator[str]:
    """Yield what a reader reads who is through with the list: who only knew it isn't cheered."""
    listed = figures(reply.curriculum, reply.reader.marks).listed
    title = phrases.narrow(reply.curriculum.title, 60)
    if listed.is_done:
        yield _("## 🎉 You've read {title}\nThat was the whole list. Well done!", title=title)
    else:
        yield _("### That is the whole list: {title}", title=title)
        yield _counts_text(listed)
    title = phrases.name_of(answer.then.resource)
    yield _("To go deeper, start with **{title}**.", title=title)


def _too_narrow_box(curriculum: Curriculum, answer: TooNarrow) -> ui.Container[Any]:
    """Say which filters left nothing over, and what opens what they ask for."""
    asked = answer.filters
    step = curriculum.step(asked.step_id or "")
    filters = {
        "kind": phrases.kind_name(asked.kind) if asked.kind else "",
        "step_id": phrases.step_name(step) if step else "",
        "must_reads": _("must-reads"),
    }
    named = ", ".join(filters[name] for name in answer.culprits)
    nearest, first, what_first = answer.nearest, answer.first, None
    told = _("Nothing you can read now fits this: {filters}.", filters=named)
    if nearest is None and answer.is_read:
        told = _("You've read all that fits this: {filters}.", filters=named)
        then = _("Try again with less.")
    elif nearest is None:
        told = _("Nothing here fits this: {filters}.", filters=named)
        then = _("Try again with less.")
    elif first is not None:
        then = phrases.read_first(_taking(first))
        what_first = button(ids.ShowPath(nearest.key), _("What first?"))
    else:
        day = phrases.moment(answer.until, "D") if answer.until else ""
        then = _("💤 Back on {day}: {title}", day=day, title=phrases.name_of(nearest))
    return box(told, then, row(what_first, go_button("next")))


def from_guild_text(guild_id: int | None) -> str | None:
    """Return whose list a card in a direct message is about."""
    if guild_id is None:
        return None
    return _("-# From the list of [one of your servers]({url})", url=address(guild_id))


def _group_reads(reply: Reply, shown: Resource) -> Iterator[str]:
    """Yield what the reader's groups read this week, if that is neither shown nor read."""
    for read in reply.reader.group_reads[:3]:
        resource = reply.curriculum.get(read.key)
        if resource and resource != shown and not is_read(reply.reader.marks, resource.key):
            title, channel = phrases.name_of(resource), f"<#{read.channel_id}>"
            yield _("-# {channel} reads {title} this week.", channel=channel, title=title)


def _unclear_lines(asked: PartlyDone) -> Iterator[str]:
    """Yield which of several typed names were not understood."""
    yield _("**Not marked yet**")
    for one in asked.unclear[:UNCLEAR_SHOWN]:
        typed = phrases.narrow(one.typed)
        if one.is_gone:
            yield _("- “{typed}”: no longer on the list", typed=typed)
        elif not one.likely:
            yield _("- “{typed}”: nothing fits it", typed=typed)
        elif len(one.likely) > 1:
            yield _("- “{typed}”: several fit it", typed=typed)
        else:
            yield _("- “{typed}”: maybe one of those below", typed=typed)
    if (more := len(asked.unclear) - UNCLEAR_SHOWN) > 0:
        yield ngettext("- and {n} more name", "- and {n} more names", more)
    if any(not one.likely and not one.is_gone for one in asked.unclear):
        yield _("-# `/search` finds it by one word of its title.")
