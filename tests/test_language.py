"""Words of other languages: a catalogue is one file, and English needs none."""

import asyncio

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.errors import OldCardError
from bot.language import _, ngettext, pgettext, speak, to_all
from bot.views.phrases import several
from tests.forged import pressed
from tests.seen import posts_in, text_of


@pytest.fixture
def catalogues(tmp_path):
    """A catalogue of Korean, with a few messages."""
    catalog = Catalog(locale="ko")
    catalog.add("Open {title}", "{title} 열기")
    catalog.add(("{n} day", "{n} days"), ("{n}일",))
    catalog.add("Stop", "알림 끄기", context="reminders")
    for counted, unit in (("people", "명"), ("days", "일")):
        more = ("{names} and {n} more",) * 2
        catalog.add(more, (f"{{names}} 외 {{n}}{unit}",), context=counted)
    catalog.add("-# Paper of the week", "-# 이번 주의 논문")
    catalog.add(OldCardError().sentence(), "이 카드는 더 이상 쓸 수 없습니다.")
    path = tmp_path / "ko" / "LC_MESSAGES" / "nextread.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return tmp_path


async def said(language, catalogues, n=2):
    """Return what a task of its own says, for the language spoken is a task's."""

    async def say():
        speak(language, catalogues)
        return _("Open {title}", title="BERT"), ngettext("{n} day", "{n} days", n)

    return await asyncio.create_task(say())


async def test_a_message_is_said_in_the_language_spoken(catalogues):
    assert await said("ko", catalogues) == ("BERT 열기", "2일")


@pytest.mark.parametrize("language", ["en-US", "fr", "", "../ko"])
async def test_where_there_is_no_catalogue_it_is_english(catalogues, language):
    assert await said(language, catalogues) == ("Open BERT", "2 days")
    assert await said(language, catalogues, 1) == ("Open BERT", "1 day")


async def test_the_same_english_words_are_said_by_what_they_mean(catalogues):
    async def say():
        speak("ko", catalogues)
        counted = [several(["A", "B", "C"], 1, each) for each in ("people", "days", "channels")]
        return counted, pgettext("reminders", "Stop"), pgettext("a group", "Stop")

    assert await asyncio.create_task(say()) == (
        ["A 외 2명", "A 외 2일", "A and 2 more"],
        "알림 끄기",
        "Stop",
    )


async def test_one_task_never_changes_the_language_of_another(catalogues):
    await said("ko", catalogues)

    assert _("Open {title}", title="BERT") == "Open BERT"


async def test_what_all_read_is_not_said_in_the_language_of_one(catalogues):
    async def say():
        speak("ko", catalogues)
        return to_all(lambda: _("Open {title}", title="BERT")), _("Open {title}", title="BERT")

    assert await asyncio.create_task(say()) == ("Open BERT", "BERT 열기")


async def test_a_paper_is_not_in_the_language_of_whose_click_sends_it(
    group, moderator, channel, env, catalogues
):
    groups = env.bot.services.groups
    status = await groups.status(channel.id, moderator.id)

    async def clicked():
        speak("ko", catalogues)
        await groups.post_now(channel.guild.id, status.group.group_id)
        await env.bot.engine.deliver_due()

    await asyncio.create_task(clicked())

    assert len(posts_in(channel)) == 1


async def test_a_click_of_no_known_kind_is_answered_in_its_own_language(
    alice, channel, env, catalogues
):
    speak("ko", catalogues)  # what is spoken around a click isn't spoken in it

    answer = await pressed(env, channel, alice, "gone-kind:1")

    assert "This card can't be used any more." in text_of(answer)
