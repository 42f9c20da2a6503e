"""What readers see of themselves: what is kept of them, and their settings."""

from datetime import datetime

from discord.ui import LayoutView

from bot.core.me import About, ReaderSettings, Titled
from bot.core.progress import State
from bot.core.reminders import Pace
from bot.errors import UnknownZoneError
from bot.language import _, language_for, languages, message, ngettext
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views.parts import (
    HOURS,
    RED,
    Form,
    Lines,
    Select,
    WordForm,
    boxed,
    button,
    card,
    go_button,
    label,
    option,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.phrases import (
    beside,
    channels,
)
from bot.views.reminder_card import hour_select, next_text
from bot.views.replies import way_out

FEW, MOST = 1, 20  # channels named: on a short card, and under *More*
TOLD = 4  # lines of what is kept, on a short card


def help_card() -> LayoutView:
    return card(
        _(
            "### I know the reading list, and what you have read of it\n"
            "**`/next`** what to read next\n"
            "**`/done`** mark what you have read\n"
            "**`/search`** find anything on the list\n"
            "**`/curriculum`** the whole list\n"
            "**`/path`** what to read before something\n"
            "**`/progress`** how far you are\n"
            "**`/group`** what this channel's group reads; **Remind me** is there\n"
            "**`/suggest`** something for the list, or see what others suggested\n"
            "**`/me`** what I keep about you; the hour of reminders is in **Settings**\n"
            "-# Only you see my answers. I know you by your Discord id, not by your name. Of what"
            " you write I keep what is for moderators, and where you are in a paper. Everything"
            " but `/group` and `/suggest` also works in a direct message to me."
        )
    )


def me_card(about: About, *, opens: bool = True) -> LayoutView:
    """Build what is kept about a reader, with Download and Delete.

    ``opens``: all but the most telling of it stands under *More*; else it is open.
    """
    if about.is_empty:
        nothing = _(
            "I keep nothing about you yet. Once you use `/next`, I remember what I showed you and"
            " what you mark."
        )
        return boxed(nothing, row(go_button("next"), go_button("settings")))
    lines = [*_kept_lines(about, FEW if opens else MOST)]
    if opens:
        lines[TOLD:] = [_("-# **Download JSON** has everything I keep.")]
    else:
        if about.language:
            spoken = languages()[language_for(about.language)]
            lines.append(_("- Language of my direct messages: {name}", name=spoken))
        lines.append(
            _(
                "-# I know you by your Discord id, not by your name. Nobody else sees what you"
                " read, unless you show your name in groups. Groups see only numbers, from three"
                " readers on. **Download JSON** has everything I keep."
            )
        )
    buttons = row(
        go_button("settings"),
        button(ids.Me("json"), _("Download JSON")),
        button(ids.Me("ask"), _("Delete…"), RED),
        button(ids.UnfoldMe("more" if opens else "less"), _("More") if opens else _("Less")),
    )
    as_bibtex = None
    if about.has_read and not opens:
        as_bibtex = button(ids.Me("bibtex"), _("Download BibTeX"))
    return boxed(text_of([_("### What I keep about you"), *lines]), buttons, as_bibtex)


def deleted_card(*, was_anything: bool) -> LayoutView:
    """Build the answer after it went. Without buttons: any of them could begin anew."""
    if not was_anything:
        return card(_("There is nothing to delete: I keep nothing about you."))
    return card(
        _(
            "## Everything about you is deleted\n"
            "I keep nothing about you any more. You've left your groups, and Undo on older cards"
            " does nothing now. Study groups that you set up and your changes to servers' lists"
            " stay, without your id.\n"
            "`/next` starts from zero.\n"
            "-# Discord keeps messages already sent. The person who runs this bot may have backups"
            " and logs."
        )
    )


def file_text(*, is_all: bool) -> str:
    """Return what a file holds; ``is_all``: all that is kept."""
    if is_all:
        return _("Everything I keep about you right now.")
    return _("What you have read, for programs that keep references, such as Zotero.")


def rows_told() -> dict[str, str]:
    """Return what each table's rows mean, told in the JSON itself."""
    return {
        "readers": _(
            "You, as a Discord id, and the language of your Discord when I last saw you, for"
            " direct messages."
        ),
        "reader_lists": _(
            "What I showed you last in each list, your goal in it, and when you used it."
        ),
        "progress": _(
            "Your marks, one for each resource; done and known count as read, ratings are 1 to 5."
        ),
        "bookmarks": _("What you have read part of, with the line that stands on its card."),
        "changes": _(
            "What you can undo: the rows before and after, as stored. A mark is its state, when it"
            " was made, when it comes back (*Later*), and its rating; times in seconds since 1970."
        ),
        "members": _(
            "Study groups that you joined, whether you want reminders there, and when I last asked"
            " Discord whether you are still in the server."
        ),
        "week_readers": _("Papers of the week under which you pressed *I've read it*."),
        "leads": _(
            "Weeks of groups that you lead or led, or were asked to lead: what you chose, your"
            " questions, and when I reminded you."
        ),
        "study_groups": _("Groups whose settings you last changed. They stay, without you."),
        "picks": _("Papers that you picked for groups' weeks. They stay, without you."),
        "votes": _(
            "Votes that you started in groups; what people voted isn't kept. They stay, without"
            " you."
        ),
        "outbox": _(
            "Direct messages to you: about a group that you run, a vote that you started, a week"
            " to lead, or reminders."
        ),
        "additions": _(
            "What you added to servers' lists, or were the first to change. It stays, without you."
        ),
        "list_versions": _("Lists that you brought to a server. They stay, without you."),
        "addition_changes": _("What you changed in servers' lists. It stays, without you."),
        "drafts": _("Changes to servers' lists and groups that you began; kept for a day."),
        "reader_settings": _(
            "Your settings; nudge_at is when I look next whether to remind you, reminded_at when I"
            " last did, ignored how often in a row that was without a mark of yours since,"
            " again_at when to remind you again because you pressed *Later*."
        ),
        "wishes": _(
            "What you suggested for servers' lists, or want there, too; why, and whether you would"
            " lead it. told_at: when I told you what became of it."
        ),
        "suggestions": _("Suggestions of others that you decided on. They stay, without you."),
        "doubts": _("Prerequisites that you reported as wrong to a server's moderators."),
    }


def delete_form() -> WordForm:
    """Build the form that deletes everything about whoever types the word."""
    goes = _(
        "This deletes your marks, ratings and notes, what comes next, your goal, what you could"
        " undo, and your groups. Nobody can bring it back: download it first if you may want it"
        " again.\n"
        "-# Study groups that you set up and your changes to servers' lists stay, without your id."
    )
    return WordForm(_("Delete everything about you?"), goes, message("delete"))


def settings_card(settings: ReaderSettings, pace: Pace, next_at: datetime | None) -> LayoutView:
    """Build the settings as they are; each button says what it would change.

    ``next_at``: when the next reminder may come.
    """
    zone = f"**{plain(settings.zone)}**" if settings.zone else _("none")
    if settings.nudged:
        reminders = _("- A week without reading: **I remind you**.")
        nudge = button(ids.Switch("unnudge"), _("Stop reminding me"))
    else:
        reminders = _("- A week without reading: no reminder.")
        nudge = button(ids.Switch("nudge"), _("Remind me to read"))
    if settings.named:
        name = _("- Name in groups: **shown**, also among those who read a paper.")
        show = button(ids.Switch("unnamed"), _("Hide my name in groups"))
    else:
        name = _("- Name in groups: hidden.")
        show = button(ids.Switch("named"), _("Show my name in groups"))
    lines = [
        _("### Your settings"),
        _("- Time zone: {zone}.", zone=zone),
        name,
        reminders,
        _hour_text(settings, pace),
        f"-# {told}" if (told := next_text(pace, next_at)) else None,
        _("-# Reminders of a group's papers: `/group` in its channel."),
    ]
    buttons = row(button(ids.AskMyZone(), _("Time zone…")), nudge, show)
    return boxed(text_of(filter(None, lines)), hour_select(pace), buttons)


def _hour_text(settings: ReaderSettings, pace: Pace) -> str:
    hour = HOURS[pace.hour]
    if settings.zone:
        return _("- Hour of reminders: **{hour}**.", hour=hour)
    return _("- Hour of reminders: **{hour}**, {zone}.", hour=hour, zone=plain(pace.zone))


def zone_form(settings: ReaderSettings) -> Form:
    """Build the form of one line: a city, a country or a zone's name; nothing takes it away."""
    zone = text_input(60, settings.zone or "", custom_id="zone")
    field = label(_("City or time zone"), zone, _("Leave it empty for no time zone"))
    return Form(_("Your time zone"), field)


@way_out.register
def _zones(error: UnknownZoneError) -> Select | None:
    zones = [option(zone, label) for zone, label in error.like_it]
    return select(ids.SetMyZone(), _("Which one do you mean?"), zones)


def _kept_lines(about: About, most: int) -> Lines:
    """Yield what is kept, a line a kind; nothing about what isn't there.

    ``most``: channels named.
    """
    states: dict[State, str] = {
        "done": _("{n} done"),
        "known": _("{n} known"),
        "skipped": _("{n} never"),
        "later": _("{n} later"),
    }
    if n := sum(about.marks.values()):
        counts = {said: about.marks.get(state, 0) for state, said in states.items()}
        told = ", ".join(said.format(n=count) for said, count in counts.items() if count)
        yield ngettext("- {n} mark: {states}", "- {n} marks: {states}", n, states=told)
    if about.current:
        yield _("- What I showed you last: {title}", title=_title(about.current))
    if about.goal:
        yield _("- Your goal: {title}", title=_title(about.goal))
    if n := len(about.groups):
        rooms = channels(about.groups, most)
        yield ngettext(
            "- {n} group joined: {rooms}", "- {n} groups joined: {rooms}", n, rooms=rooms
        )
    if n := about.changes:
        yield ngettext("- {n} change that you can undo", "- {n} changes that you can undo", n)
    if n := about.papers:
        yield ngettext(
            "- {n} paper of the week with your *I've read it*",
            "- {n} papers of the week with your *I've read it*",
            n,
        )
    if about.runs:
        yield _("- You last changed the settings of {rooms}", rooms=channels(about.runs, most))
    if n := about.notices:
        yield ngettext(
            "- {n} direct message from me to you", "- {n} direct messages from me to you", n
        )
    if n := about.reminders:
        yield ngettext(
            "- {n} reminder, sent or just being sent",
            "- {n} reminders, sent or just being sent",
            n,
        )
    others = {
        "additions": _("Resources that you added to servers' lists, or were the first to change"),
        "addition_changes": _("Changes to servers' lists that you made"),
        "bookmarks": _("Resources that you have read part of"),
        "drafts": _("Changes to servers' lists and groups that you began"),
        "leads": _("Weeks of groups that you lead or led, or were asked to lead"),
        "list_versions": _("Lists that you made in servers, or brought"),
        "picks": _("Papers that you picked for groups"),
        "votes": _("Votes that you started in groups"),
        "doubts": _("Prerequisites that you reported as wrong"),
        "wishes": _("Suggestions that you made or want"),
        "suggestions": _("Suggestions of others that you decided on"),
    }
    for table, count in sorted(about.others.items()):
        yield f"- {others.get(table, table.replace('_', ' '))}: {count}"


def _title(titled: Titled) -> str:
    title = beside(titled.title)
    return title if titled.is_listed else _("{title} (no longer listed)", title=title)
