"""What members see who lead a week of their group, or are asked to."""

from collections.abc import Sequence
from datetime import datetime

from discord.ui import LayoutView

from bot.core.curriculum import Resource
from bot.core.groups import GroupStatus, Lead
from bot.core.leading import LONGEST_QUESTION, MOST_QUESTIONS, LedWeek
from bot.core.papers import Elsewhere
from bot.core.reminders import OpenLead
from bot.core.weeks import slot_of_week
from bot.language import _, ngettext
from bot.plain import clipped, one_line, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    GREEN,
    Form,
    Lines,
    Select,
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
from bot.views.pick_card import week_text
from bot.views.weekly_card import leader_text

A_QUESTION, LEADS_SHOWN = 30, 2
"""Columns of a question that a line of a phone takes; weeks that a reminder names."""

LEFT_TO_LIST = "-"
"""The option that leaves a week's paper to the list."""


def lead_select(status: GroupStatus, who: int) -> Select | None:
    """Build the choice of a week to lead; one's own opens what there is to do for it.

    While no papers come, there are one's own alone.
    """
    if not status.is_member:
        return None
    options, zone = [], status.group.schedule.zone
    for week, at, resource in _weeks_of(status):
        leader = status.leader_of(week)
        if leader in (None, who):
            title = phrases.short_title(resource) if resource else ""
            hint = _("This week's paper") if _is_this(week, status) else ""
            hint = _("You lead this one. Choose it to change that") if leader == who else hint
            options.append(option(week, week_text(at, zone, title), hint))
    shown = {each.value for each in options}
    for lead in status.leads:
        is_theirs = (lead.state, lead.reader_id) == ("leads", who)
        if is_theirs and lead.week not in shown and not _is_this(lead.week, status):
            at = slot_of_week(status.group.schedule, lead.week).at
            hint = _("You lead this one, but no paper comes then")
            options.append(option(lead.week, week_text(at, zone, ""), hint))
    label = _("Lead your first week here…") if status.could_lead else _("Lead a week…")
    label = label if status.group.state == "active" else _("The weeks that you lead…")
    return select(ids.LeadWeek(status.group.group_id), label, options)


def _is_this(week: str, status: GroupStatus) -> bool:
    return status.this_week is not None and status.this_week.week == week


def _weeks_of(status: GroupStatus) -> list[tuple[str, datetime, Resource | None]]:
    """Return the weeks that may be led: this one until it meets, and those to come.

    While no papers come, this one alone, if somebody leads it.
    """
    curriculum, found = status.curriculum, list[tuple[str, datetime, Resource | None]]()
    post, is_active = status.this_week, status.group.state == "active"
    is_led = post is not None and status.leader_of(post.week) is not None
    if post is not None and status.is_to_lead and (is_led or is_active):
        found.append((post.week, post.at, curriculum.get(post.key or "")))
    for coming in status.coming if is_active else ():
        if not coming.is_skipped:
            read = curriculum.get(coming.pick.key or "")
            found.append((coming.slot.week, coming.slot.at, read))
    return found


def led_card(led: LedWeek, news: str = "", *, in_server: bool = True) -> LayoutView:
    """Build what who leads a week may do for it; ``news``: what has just changed."""
    of = led.group.group_id, led.slot.week
    if led.lead is None:
        can_lead = led.is_open and led.leader_id is None
        again = button(ids.LeadThis(*of), _("I'll lead"), GREEN) if can_lead else None
        group = button(ids.ShowGroup(of[0]), _("This group")) if in_server else None
        leader = leader_text(led.leader_id) if led.leader_id is not None else ""
        lines = filter(None, [news or _("You don't lead this week."), leader])
        return boxed(text_of(lines), row(again, group))
    if not news:
        you = _("🎤 You lead a week in <#{channel}>.")
        you = _("🎤 You led a week in <#{channel}>. Thank you!") if led.is_over else you
        news = you.format(channel=led.group.channel_id)
    buttons = row(
        None if led.is_past or led.silent else button(ids.AskQuestions(*of), _("Questions…")),
        None if led.is_over else button(ids.HandBack(*of), _("Hand it back")),
    )
    told = text_of([news, _paper_text(led), *_lead_lines(led)])
    return boxed(told, buttons, _paper_select(led))


def _paper_text(led: LedWeek) -> str:
    at = phrases.moment(led.slot.at)
    if led.silent is not None:
        return _("{at}: no paper.", at=at)
    if led.resource is None:
        return _("{at}: nothing left on the list.", at=at)
    most = phrases.room(phrases.title_of(led.resource), 48)
    return f"{at}: {phrases.linked(led.resource, most)}"


def _lead_lines(led: LedWeek) -> Lines:
    lead = led.lead
    if lead is None or led.is_over:
        return
    if led.is_past:
        yield _("-# The paper is posted. You open the talk.")
        return
    if led.silent:
        yield _("-# No paper comes that week. If that changes, you lead it.")
        return
    counts = {
        "picked_by_moderator": _("-# A moderator picked this paper: that comes before a choice."),
        "vote_winner": _("-# The group voted for this paper: that comes before a choice."),
        "leader_choice": _("-# You chose this paper."),
    }
    if (told := counts.get(led.why or "")) is not None:
        yield told
    elif led.set_aside is not None:
        yield _set_aside_text(led, led.set_aside)
    elif led.resource is not None:
        yield _("-# This comes next on the list. You can choose another.")
    if led.is_voted_on and led.set_aside is None and led.why != "picked_by_moderator":
        yield _("-# 🗳️ A vote on this week is open: what wins it comes before a choice.")
    if led.is_reminded and led.is_unheard:
        yield _("⚠️ You take no messages from me, so I can't remind you.")
    elif led.is_reminded and led.group.meeting_at(led.slot.at):
        yield _("-# I'll remind you two days before the meeting.")
    elif led.is_reminded:
        yield _("-# I'll remind you two days before the paper.")
    if not lead.questions:
        yield _("-# You can add up to three questions to open the talk.")
    for number, question in enumerate(lead.questions, start=1):
        yield f"{number}. {phrases.narrow(question, A_QUESTION)}"


def _set_aside_text(led: LedWeek, where: Elsewhere) -> str:
    """Return why a week doesn't read what its leader chose."""
    chosen = led.curriculum.get((led.lead and led.lead.key) or "")
    title = phrases.name_of(chosen, 26) if chosen is not None else ""
    for slot in where.voted.values():
        return _(
            "⚠️ You chose {title}, but the vote for {at} has it. You can choose another.",
            title=title,
            at=phrases.moment(slot.at, "d"),
        )
    for slot in where.chosen.values():
        return _(
            "⚠️ You chose {title}, but it is read on {at}. You can choose another.",
            title=title,
            at=phrases.moment(slot.at, "d"),
        )
    return _("⚠️ What you chose can't be read then any more. You can choose another.")


def _paper_select(led: LedWeek) -> Select | None:
    """Build the choice of the week's paper among those that would come next."""
    if led.lead is None or led.is_past or led.silent:
        return None
    chosen = led.lead.key
    options = [
        option(
            each.key,
            clipped(one_line(phrases.short_title(each)), 100),
            phrases.kind_and_minutes(each),
            default=each.key == chosen,
        )
        for each in led.offered
    ]
    if chosen is not None:
        options.append(option(LEFT_TO_LIST, _("What comes next on the list")))
    of = led.group.group_id, led.slot.week
    return select(ids.ChoosePaper(*of), _("Choose the paper…"), options)


class QuestionsForm(Form):
    """Asks who leads a week for up to three questions to its paper."""

    def __init__(self, questions: Sequence[str]) -> None:
        given = [*questions, *[""] * MOST_QUESTIONS][:MOST_QUESTIONS]
        fields = (
            label(
                _("Question {n}", n=number),
                text_input(LONGEST_QUESTION, each, custom_id=f"question{number}"),
                _("Your questions come first, before the list's own.") if number == 1 else "",
            )
            for number, each in enumerate(given, start=1)
        )
        super().__init__(_("Questions to talk about"), *fields)

    @property
    def questions(self) -> list[str]:
        """What was typed, in order."""
        return [self.entered[f"question{number}"] for number in range(1, MOST_QUESTIONS + 1)]


def leads_text(led: LedWeek) -> str:
    told = _("✅ You lead that week in <#{channel}>. Thank you!")
    if led.is_past:
        told = _("✅ You lead this week in <#{channel}>. Thank you!")
    return told.format(channel=led.group.channel_id)


def handed_back_text(led: LedWeek) -> str:
    at = phrases.moment(led.slot.at, "D")
    if led.leader_id is not None:
        return _("You don't lead the week of {at}.", at=at)
    return _("↩️ Handed back: nobody leads the week of {at} now.", at=at)


def declined_text() -> str:
    return _("All right, not this time. Thanks for telling me.")


def ask_card(led: LedWeek, server: str) -> LayoutView:
    """Build the direct message that asks a member to lead a week."""
    of = led.group.group_id, led.slot.week
    at = phrases.moment(led.slot.at)
    paper, task = _paper_text(led), _("You'd open the talk, and can add questions to it.")
    if led.why == "picked_by_moderator":
        task = _("A moderator picked this paper. You'd open the talk, and can add questions to it.")
    elif led.is_voted_on:
        paper = f"{at}: {_('🗳️ vote is open')}"
        task = _("The vote decides on the paper. You'd open the talk, and can add questions to it.")
    elif led.why == "vote_winner":
        task = _("The group voted for it. You'd open the talk, and can add questions to it.")
    elif led.resource is not None:
        task = _("You'd open the talk. You can choose one of the next papers and add questions.")
    told = [
        _("🎤 Would you lead a week in <#{channel}>?", channel=led.group.channel_id),
        paper,
        task,
        _("-# A moderator of {server} asks you.", server=plain(server, 60)),
    ]
    buttons = row(
        button(ids.LeadThis(*of), _("I'll lead"), GREEN),
        button(ids.NotThisTime(*of), _("Not this time")),
    )
    return boxed(text_of(told), buttons)


def leaders_text(status: GroupStatus) -> str:
    """Return who leads weeks to come, where those aren't shown for no papers come; "": nobody."""
    since = status.coming[0].slot.week if status.coming else ""
    leaders = [
        f"{phrases.moment(slot_of_week(status.group.schedule, lead.week).at, 'd')}"
        f" <@{lead.reader_id}>"
        for lead in status.leads
        if lead.state == "leads" and since <= lead.week and not _is_this(lead.week, status)
    ]
    named = phrases.several(leaders, LEADS_SHOWN, "days")
    return _("-# 🎤 To lead, if papers come then: {leaders}", leaders=named) if leaders else ""


def left_text(status: GroupStatus) -> str:
    """Return what it means for the weeks that they led, to who has just left; "": for none."""
    if not status.unled:
        return ""
    slots = (slot_of_week(status.group.schedule, week) for week in status.unled)
    days = phrases.several([phrases.moment(slot.at, "d") for slot in slots], LEADS_SHOWN, "days")
    return _("You left the group, so you no longer lead on {days}.", days=days)


def asked_lines(status: GroupStatus, *, answered: bool) -> Lines:
    """Yield, to moderators, what became of asking members to lead; or the answers alone."""
    schedule = status.group.schedule
    for lead in status.leads:
        if lead.state == "leads" or status.leader_of(lead.week):
            continue
        if answered and lead.state == "asked":
            continue
        at, who = phrases.moment(slot_of_week(schedule, lead.week).at, "d"), lead.reader_id
        told = {
            "asked": _("-# 🎤 {at}: <@{who}> is asked to lead."),
            "declined": _("-# 🎤 {at}: <@{who}> won't lead this time."),
            "closed": _("⚠️ {at}: <@{who}> takes no messages from me. Please ask them yourself."),
        }[lead.state]
        yield told.format(at=at, who=who)


def asked_text(status: GroupStatus, asked: Lead) -> str:
    """Return what a moderator hears who asked a member to lead."""
    now = next((each.state for each in status.leads if _of(each) == _of(asked)), None)
    at = phrases.moment(slot_of_week(status.group.schedule, asked.week).at, "D")
    if now is None:  # it was given up
        told = _("⚠️ I couldn't ask <@{who}>. Please ask them yourself to lead on {at}.")
    elif now == "closed":
        told = _("⚠️ <@{who}> takes no messages from me. Please ask them yourself to lead on {at}.")
    else:
        told = _("✅ I'm asking <@{who}> to lead on {at}. `/manage group` shows what they answer.")
    return told.format(who=asked.reader_id, at=at)


def _of(lead: Lead) -> tuple[str, int]:
    return lead.week, lead.reader_id


def leads_card(leads: Sequence[OpenLead], below: LayoutView | None = None) -> LayoutView:
    """Build the reminder of weeks that somebody leads; ``below``: what else is told at once."""
    first = leads[0]
    of = first.group.group_id, first.lead.week
    buttons = row(
        button(ids.ShowLead(*of), _("Paper & questions")),
        button(ids.HandBack(*of), _("Hand it back")),
    )
    told = text_of(_reminded(leads))
    return card(told, buttons, *(below.children if below is not None else ()))


def _reminded(leads: Sequence[OpenLead]) -> Lines:
    for each in leads[:LEADS_SHOWN]:
        title = phrases.name_of(each.resource, 26) if each.resource else _("nothing left")
        title = _("🗳️ vote is open") if each.is_voted_on else title
        yield _(
            "🎤 You lead the talk in <#{channel}>, {server}, on {at}: {title}",
            channel=each.group.channel_id,
            server=phrases.narrow(each.server, 20),
            at=phrases.moment(each.at),
            title=title,
        )
    if (more := len(leads) - LEADS_SHOWN) > 0:
        yield ngettext("-# and {n} more week", "-# and {n} more weeks", more)
