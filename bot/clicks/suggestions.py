"""What members do with suggestions, from their own cards."""

from bot.clicks.click import Click, View, clicked
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.parts import Form
from bot.views.suggestions_card import suggested_card, suggestion_card, why_form, wished_card


@clicked
async def want_too(click: Click, _said: ids.WantToo) -> View:
    suggestion_id = ids.id_in(click.picked)
    wished = await click.services.suggestions.want(click.guild_id, click.who, suggestion_id)
    return wished_card(wished)


@clicked
async def show_suggested(click: Click, _said: ids.ShowSuggested) -> View:
    return suggested_card(await click.services.suggestions.suggested(click.guild_id, click.who))


@clicked
async def suggest_link(click: Click, said: ids.SuggestLink) -> View:
    """Suggest the option's link of a message."""
    links = await click.services.suggestions.links(click.draft(said.draft_id))
    number = ids.id_in(click.picked)
    suggest = click.services.suggestions.suggest
    found = await suggest(click.place, click.who, links[number])
    click.deliver.look_again()  # the first of all is told to a moderator
    return suggestion_card(found)


@clicked
async def about_wish(click: Click, said: ids.AboutWish) -> View:
    suggestions, about = click.services.suggestions, (click.guild_id, click.who, said.suggestion_id)
    match said.act:
        case "why":
            return await _ask_why(click, said.suggestion_id)
        case "lead" | "unlead":
            wished = await suggestions.say(*about, leads=said.act == "lead")
            return wished_card(wished, again=True)
        case "drop":
            return suggested_card(await suggestions.drop(*about), _("You don't want it any more."))


async def _ask_why(click: Click, suggestion_id: int) -> View:
    about = click.guild_id, click.who, suggestion_id

    async def sent(click: Click, form: Form) -> View:
        wished = await click.services.suggestions.say(*about, why=form.entered["why"])
        return wished_card(wished, again=True)

    return await click.ask(why_form(await click.services.suggestions.why(*about)), sent)
