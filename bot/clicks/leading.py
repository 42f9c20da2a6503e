"""Leading a group's week: from its card, from a direct message, and moderators who ask for it."""

from bot.clicks.click import Click, View, clicked
from bot.core.leading import LedWeek
from bot.errors import NotOfferedError
from bot.views import custom_ids as ids
from bot.views.lead_card import (
    LEFT_TO_LIST,
    QuestionsForm,
    asked_text,
    declined_text,
    handed_back_text,
    leads_text,
    led_card,
)
from bot.views.moderators_card import moderators_card


@clicked
async def lead_week(click: Click, said: ids.LeadWeek) -> View:
    """Lead the week that is chosen, or show what there is to do for one's own."""
    return await _lead(click, said.group_id, click.picked)


@clicked
async def lead_this(click: Click, said: ids.LeadThis) -> View:
    return await _lead(click, said.group_id, said.week)


@clicked
async def show_lead(click: Click, said: ids.ShowLead) -> View:
    led = await click.services.leading.week(click.where, said.group_id, click.who, said.week)
    return await click.show(led_card(led, in_server=click.where is not None))


async def _lead(click: Click, group_id: int, week: str) -> View:
    leading, of = click.services.leading, (click.where, group_id, click.who, week)
    before = await leading.week(*of)
    led = before if before.lead is not None else await leading.lead(*of)
    click.deliver.look_again()
    news = "" if before.lead is not None else leads_text(led)
    return await click.show(led_card(led, news, in_server=click.where is not None))


@clicked
async def hand_back(click: Click, said: ids.HandBack) -> View:
    """Say that one doesn't lead after all; *I'll lead* on the answer takes that back."""
    click.refuse_slip()
    led = await _hand_back(click, said)
    in_server = click.where is not None
    return await click.show(led_card(led, handed_back_text(led), in_server=in_server))


@clicked
async def not_this_time(click: Click, said: ids.NotThisTime) -> View:
    """Say no to being asked; who said *I'll lead* before hands it back."""
    before = await click.services.leading.week(click.where, said.group_id, click.who, said.week)
    led = await _hand_back(click, said)
    told = declined_text() if before.lead is None else handed_back_text(led)
    return await click.show(led_card(led, told, in_server=click.where is not None))


async def _hand_back(click: Click, said: ids.OfWeek) -> LedWeek:
    of = click.where, said.group_id, click.who, said.week
    led = await click.services.leading.hand_back(*of)
    click.deliver.look_again()
    return led


@clicked
async def choose_paper(click: Click, said: ids.ChoosePaper) -> View:
    """Choose the paper of the week that one leads."""
    key = None if click.picked == LEFT_TO_LIST else click.picked
    of = click.where, said.group_id, click.who, said.week
    return led_card(await click.services.leading.choose(*of, key))


@clicked
async def ask_questions(click: Click, said: ids.AskQuestions) -> View:
    """Open the form for one's questions to the week's paper."""
    of = click.where, said.group_id, click.who, said.week
    questions = await click.services.leading.to_ask_about(*of)

    async def typed(click: Click, form: QuestionsForm) -> View:
        return led_card(await click.services.leading.ask_about(*of, form.questions))

    return await click.ask(QuestionsForm(questions), typed)


@clicked
async def ask_to_lead(click: Click, said: ids.AskToLead) -> View:
    """Ask the member that is picked to lead, and say at once if they can't be asked."""
    person_id = ids.id_in("".join(click.values[:1]))
    if not person_id:
        raise NotOfferedError
    groups, group_id = click.services.groups, said.group_id
    asked = await click.services.leading.ask(click.guild_id, group_id, person_id)
    status = await groups.look(click.guild_id, group_id, click.who)
    guild = click.interaction.guild
    await click.replace(moderators_card(guild, status, click.who, asked_text(status, asked)))
    await click.deliver.now(asked.reference)
    click.deliver.look_again()
    status = await groups.look(click.guild_id, group_id, click.who)
    return moderators_card(guild, status, click.who, asked_text(status, asked))
