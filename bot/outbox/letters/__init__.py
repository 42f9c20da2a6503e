"""The kinds of what is sent unasked: deleting one is deleting its module and its line."""

from collections.abc import Mapping

from bot.core.outbox import LetterKind
from bot.outbox.letters._base import Letter
from bot.outbox.letters.ask import AskToLead
from bot.outbox.letters.called_off import CalledOff
from bot.outbox.letters.candidates import Candidates
from bot.outbox.letters.greeting import Greeting
from bot.outbox.letters.inbox import InboxWord
from bot.outbox.letters.meeting import Meeting
from bot.outbox.letters.notice import Notice
from bot.outbox.letters.opener import Opener
from bot.outbox.letters.opening import Opening
from bot.outbox.letters.paper import Paper
from bot.outbox.letters.poll import Poll
from bot.outbox.letters.post import Post
from bot.outbox.letters.reminder import Reminder
from bot.outbox.letters.sign import Sign
from bot.outbox.letters.standing import Standing
from bot.outbox.letters.suggested import FirstSuggested
from bot.outbox.letters.thread import ThreadUnderPost
from bot.outbox.tickets import Tickets
from bot.services.opening import Services

KINDS: Mapping[LetterKind, type[Letter]] = {
    "greeting": Greeting,
    "standing": Standing,
    "opening": Opening,
    "sign": Sign,
    "post": Post,
    "thread": ThreadUnderPost,
    "meeting": Meeting,
    "opener": Opener,
    "notice": Notice,
    "reminder": Reminder,
    "candidates": Candidates,
    "poll": Poll,
    "called_off": CalledOff,
    "suggested": FirstSuggested,
    "inbox": InboxWord,
    "ask": AskToLead,
    "paper": Paper,
}


def letters(services: Services, tickets: Tickets) -> Mapping[LetterKind, Letter]:
    """Return each kind's letter."""
    return {kind: letter(services, tickets) for kind, letter in KINDS.items()}
