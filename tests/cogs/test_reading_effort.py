"""How much a reader has to do for the things that readers do.

``pytest -s tests/cogs/test_reading_effort.py`` prints the table.
"""

import re

import pytest

from tests.seen import options_of, select_of, text_of

A_DAY = 24 * 3600


class Effort:
    """A member whose interactions and typed characters are counted."""

    def __init__(self, member, channel):
        self._member, self._channel = member, channel
        self.interactions = self.characters = 0

    async def type(self, command, **options):
        self.interactions += 1
        typed = [command, *(f"{name}:{value}" for name, value in options.items())]
        self.characters += len("/" + " ".join(typed))
        return await self._member.slash(self._channel, command, **options)

    async def press(self, card, label):
        self.interactions += 1
        return await self._member.click(card.response.message, label=label)

    async def pick(self, card, *values):
        self.interactions += 1
        message, custom_id = card.response.message, select_of(card)
        return await self._member.select(message, list(values), custom_id=custom_id)


async def what_is_next(me):
    assert "Attention" in text_of(await me.type("next"))


async def a_goal_set(me):
    card = await me.type("path", resource="gpt-3")
    assert "Your goal is **GPT-3**" in text_of(await me.press(card, "Make this my goal"))


async def it_is_seen_again(me):
    assert "🎯 **GPT-3**" in text_of(await me.type("progress"))


async def it_is_dropped(me):
    way = await me.press(await me.type("progress"), "The way")
    assert "You have no goal now" in text_of(await me.press(way, "Drop this goal"))


async def twenty_minutes(me):
    assert "⏱️ For 20 min" in text_of(await me.type("next", minutes=20))


async def the_next_one(me):
    card = await me.type("next", minutes=20)
    assert "GPT-1" in text_of(await me.press(card, "Done"))


async def an_older_change_undone(me):
    more = await me.press(await me.type("progress"), "More")
    assert "Undone" in text_of(await me.pick(more, options_of(more)[1]))


async def a_step_looked_into(me):
    index = await me.type("curriculum")
    assert "Appendix" in text_of(await me.pick(index, "nlp-tasks"))


async def ten_known_at_once(me):
    steps = await me.press(await me.press(await me.type("progress"), "More"), KNOW)
    known = await me.pick(steps, "pre-training-fine-tuning", "peft", "icl")
    named = re.search(r"Counts as read: \*\*.*, .*, .* and (\d+) more", text_of(known))
    assert 3 + int(named[1]) >= 10


async def rlhf_for_who_knows_bert(me):
    steps = await me.press(await me.type("next"), KNOW)
    known = await me.pick(await me.pick(steps, "pre-training-fine-tuning"), "jump-into-llm:bert")
    assert "🎯 Your goal is" in text_of(await me.pick(known, ":preference-learning"))


KNOW = "Tell me what you know"
WITH_A_GOAL = {it_is_seen_again, it_is_dropped}
WITH_MARKS = {an_older_change_undone}
MOST = {ten_known_at_once: 6, rlhf_for_who_knows_bert: 5}
"""Interactions; else three."""


@pytest.mark.parametrize(
    "act",
    [
        what_is_next, a_goal_set, it_is_seen_again, it_is_dropped, twenty_minutes, the_next_one,
        an_older_change_undone, a_step_looked_into, ten_known_at_once, rlhf_for_who_knows_bert,
    ],
)  # fmt: skip
async def test_nothing_takes_more_than_a_few_taps(alice, channel, act):
    if act in WITH_A_GOAL:
        await a_goal_set(Effort(alice, channel))
    if act in WITH_MARKS:
        for title in ("BERT", "GPT-1"):
            await alice.slash(channel, "done", resource=title)
    me = Effort(alice, channel)

    await act(me)

    print(f"{act.__name__.replace('_', ' '):26} {me.interactions} {me.characters:3}")  # noqa: T201
    assert me.interactions <= MOST.get(act, 3)
