"""A vote's messages, the answer to `/manage vote`, and how it is called off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.core.votes import Ballot
from bot.errors import CannotPollError
from bot.plain import fitting
from bot.views import custom_ids as ids
from bot.views import vote_texts as words
from bot.views.group_card import CancelVoteButton, CloseVoteButton
from bot.views.permissions import POLLS, in_words, missing, needed
from bot.views.resource_card import resource_select


def check_polls(channel: discord.abc.GuildChannel) -> None:
    """Let a vote be called only where its messages can be sent.

    Raises:
        CannotPollError: it names what is missing.
    """
    if lacks := missing(channel, (*needed(channel), *POLLS)):
        raise CannotPollError(channel.id, in_words(lacks))


def vote_card(ballot: Ballot, opener_id: int) -> ui.LayoutView:
    """Build what a moderator sees who called a vote."""
    view = ui.LayoutView(timeout=None)
    text = ui.TextDisplay[Any](fitting(words.called_lines(ballot), 4000))
    buttons = (each(ballot.vote.vote_id, opener_id) for each in (CloseVoteButton, CancelVoteButton))
    view.add_item(ui.Container(text, ui.ActionRow(*buttons)))
    view.stop()
    return view


def candidates_card(ballot: Ballot) -> ui.LayoutView:
    """Build what stands above the poll: a message with components can't carry one itself."""
    view = ui.LayoutView(timeout=None)
    listed = [resource for resource in ballot.candidates if resource is not None]
    candidates = ids.ShowCandidate(ballot.vote.vote_id)
    box: ui.Container[Any] = ui.Container(
        ui.TextDisplay(fitting(words.candidates_lines(ballot), 4000))
    )
    if shown := resource_select(listed, ballot.curriculum, candidates):
        box.add_item(ui.ActionRow(shown))
    view.add_item(box)
    view.stop()
    return view


def called_off_card(ballot: Ballot | None) -> ui.LayoutView:
    """Build what stands above the poll once its vote is called off; None: another took its place.

    Nothing is left to open there.
    """
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(fitting(words.called_off_lines(ballot), 4000))))
    view.stop()
    return view


def poll_of(ballot: Ballot) -> discord.Poll:
    """Build the poll: one answer each, numbered as on the card."""
    poll = discord.Poll(words.question_text(ballot), timedelta(hours=ballot.vote.hours))
    for number, resource in enumerate(ballot.candidates, start=1):
        poll.add_answer(text=words.answer_text(number, resource))
    return poll
