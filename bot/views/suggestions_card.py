"""What members see of suggestions: their own wish, what others suggested, what became of it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from discord.ui import LayoutView

from bot.core.moderation import WHY_LIMIT
from bot.core.progress import shown_count
from bot.core.recommend import Found
from bot.core.suggestions import MOST_TOLD, OURS, Suggested, Suggestion, Wished
from bot.language import _, ngettext
from bot.plain import clipped, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.curriculum_card import found_card
from bot.views.parts import (
    OPTIONS,
    Form,
    Lines,
    as_many_as_fit,
    box,
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

LONGEST_TITLE, LONGEST_WHY, LONGEST_REASON = 80, 120, 80  # columns
ROOM, ROOM_OF_ONE = 11, 10
"""Lines on a phone: of all titles, and of what there is to say of one."""


def wished_card(wished: Wished, *, again: bool = False) -> LayoutView:
    """Build the answer to a suggestion, or to *I want this too*.

    ``again``: what the reader says of it has just changed.
    """
    suggestion, wish = wished.suggestion, wished.wish
    told = None
    if not again:
        told = _("Already suggested. You want it, too.")
        if not wished.was_so:
            told = _("👍 Noted: you want it, too.")
        if wished.is_new and not wished.was_so:
            told = _("✅ Suggested. The moderators decide, and I'll tell you.")
    lead = None
    if wished.can_lead or wish.leads:
        lead = button(
            ids.AboutWish("unlead" if wish.leads else "lead", suggestion.suggestion_id),
            _("I won't lead it") if wish.leads else _("And I'd lead it"),
        )
    is_new = not (wished.was_so or again)
    drop = _("Undo") if is_new else _("I don't want it any more")
    undo = button(ids.AboutWish("drop", suggestion.suggestion_id), drop)
    shown = box(
        text_of(as_many_as_fit([*_head(suggestion), *_said(wished)], ROOM_OF_ONE)),
        row(
            button(
                ids.AboutWish("why", suggestion.suggestion_id),
                _("Change why…") if wish.why else _("Say why…"),
            ),
            lead,
            button(ids.ShowSuggested(), _("All suggestions")),
        ),
    )
    return card(told, row(undo), shown)


def suggestion_card(answer: Wished | Found) -> LayoutView:
    """Build the answer to a link that somebody suggests: their wish, or what it is on the list."""
    return wished_card(answer) if isinstance(answer, Wished) else found_card(answer)


def suggested_card(suggested: Suggested, told: str | None = None) -> LayoutView:
    """Build what is suggested in a server: titles alone, for each to be wanted."""
    if not suggested.suggestions:
        nothing = _(
            "Nothing is suggested just now.\n"
            "`/suggest` with a link suggests something for this server's list. On a message with a"
            " link, *Apps* has *Suggest for the reading list*."
        )
        return card(told, boxed(nothing).children[0])
    n = len(suggested.suggestions)
    head = ngettext("-# {n} suggestion waits", "-# {n} suggestions wait", n)
    lines = as_many_as_fit(_lines(suggested), ROOM)
    if (more := n - len(lines)) > 0:
        lines.append(ngettext("-# and {n} more suggestion", "-# and {n} more suggestions", more))
    wanted = [
        option(
            str(each.suggestion_id),
            each.title,
            _wanted(each, is_mine=each.suggestion_id in suggested.mine),
        )
        for each in suggested.suggestions[:OPTIONS]
    ]
    pick = select(ids.WantToo(), _("I want this too…"), wanted)
    return card(told, box(text_of([head, *lines]), pick))


def which_link_card(links: Sequence[str], draft_id: int) -> LayoutView:
    """Ask which link of a message is meant."""
    options = [option(str(n), _without_scheme(link)) for n, link in enumerate(links[:OPTIONS])]
    pick = select(ids.SuggestLink(draft_id), _("Pick a link…"), options)
    return boxed(_("Which link do you suggest for the reading list?"), pick)


def why_form(why: str) -> Form:
    """Build the form that asks why somebody wants it."""
    return Form(
        _("Why should we read it?"),
        label(
            _("One or two sentences"),
            text_input(WHY_LIMIT, why, custom_id="why", long=True),
            _("Only this server's moderators see it"),
        ),
    )


Outcomes = Sequence[tuple[Suggestion, str]]
"""What became of what somebody wanted, each with its server's name; "" if that is unknown."""


def outcomes_card(outcomes: Outcomes, below: LayoutView | None = None) -> LayoutView:
    """Build what is told of suggestions that were settled; ``below``: what else is told at once."""
    told = text_of(_outcomes(outcomes))
    if below is not None:
        return card(told, *below.children)
    return boxed(told, row(go_button("next")))


def _outcomes(outcomes: Outcomes) -> Lines:
    longest = WHY_LIMIT if len(outcomes) == 1 else LONGEST_REASON
    for suggestion, server in outcomes[:MOST_TOLD]:
        title = phrases.narrow(suggestion.title, 48)
        where = phrases.narrow(server, 40) if server else ""
        if suggestion.state == "taken":
            yield (
                _("✅ You wanted it, and it is on the list of {server} now: {title}")
                if where
                else _("✅ You wanted it, and it is on the list now: {title}")
            ).format(title=title, server=where)
        else:
            reason = reason_text(suggestion.reason)
            yield (
                _("➖ Not taken in {server}: {title}") if where else _("➖ Not taken: {title}")
            ).format(title=title, server=where)
            if reason:
                yield f"> {clipped(reason, longest)}"


def reason_text(reason: str) -> str:
    """Return why a suggestion was declined: words of ours, or the moderator's own."""
    ours = reasons().get(reason.removeprefix(OURS)) if reason.startswith(OURS) else None
    return ours or plain(reason, WHY_LIMIT)


def reasons() -> dict[str, str]:
    """Return the reasons that moderators can pick."""
    return {
        "off_topic": _("It doesn't fit this list."),
        "known": _("The list has something like it."),
        "too_hard": _("It is too hard for where this list goes."),
        "too_easy": _("It is too easy for where this list goes."),
        "not_free": _("Not everyone can open it."),
        "dead": _("Its link doesn't work."),
    }


def _head(suggestion: Suggestion) -> Lines:
    if (resource := suggestion.resource) is not None:
        yield from phrases.about(resource, LONGEST_TITLE)
    if wanted := _wanted(suggestion):
        yield f"-# {wanted}"


def _said(wished: Wished) -> Lines:
    if wished.wish.why:
        yield f"> {phrases.narrow(wished.wish.why, LONGEST_WHY)}"
    if wished.wish.leads:
        yield _("🎤 You would lead it.")


def _lines(suggested: Suggested) -> Lines:
    for each in suggested.suggestions:
        is_mine = each.suggestion_id in suggested.mine
        wanted = _wanted(each, is_mine=is_mine)
        title = phrases.narrow(each.title, 60)
        yield f"- {phrases.dotted(title, wanted)}"


def _wanted(suggestion: Suggestion, *, is_mine: bool = False) -> str:
    """Return how many want it, from three on; and whether the reader does."""
    count = shown_count(suggestion.wanted)
    many = ngettext("{n} member wants it", "{n} members want it", count) if count else None
    return phrases.dotted(_("you want it") if is_mine else None, many)


def _without_scheme(link: str) -> str:
    parts = urlsplit(link)
    return link.removeprefix(f"{parts.scheme}://")
