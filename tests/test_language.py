"""Words of other languages: a catalogue is one file, and English needs none."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial

import discord
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from simcord.backend.serializers import guild_create_payload

from bot.app import CommandTexts
from bot.core.curriculum.additions import OWN_STEP_NAMES, OWN_STEP_TITLE
from bot.errors import OldCardError
from bot.language import _, languages, ngettext, pgettext, said_in, speak, to_all
from bot.store import readers
from bot.views.phrases import several
from tests.forged import pressed
from tests.seen import labels_of, options_of, posts_in, text_of, title_of


def paper_in(channel):
    """Return the paper of the week, whatever language it is in."""
    return next(m for m in reversed(channel.history()) if "read:" in str(m.components))


A_MINUTE = 60
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def fresh(channel, message):
    """Return a message as it is by now."""
    return next(each for each in channel.history() if each.id == message.id)


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
    async def say(language):
        speak("ko", catalogues)
        opened = partial(_, "Open {title}", title="BERT")
        return to_all(opened, language), opened()

    for language in ("en-US", ""):
        assert await asyncio.create_task(say(language)) == ("Open BERT", "BERT 열기")


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


@pytest.fixture
def speaks(env):
    """Return what sets in which language Discord says that whoever acts from then on reads."""
    emit, spoken = env.backend.emit, {}

    def in_their_language(event, payload):
        emit(event, {**payload, **spoken} if event == "INTERACTION_CREATE" else payload)

    env.backend.emit = in_their_language
    return lambda language: spoken.update(locale=language)


async def test_each_reads_their_own_answers_and_all_what_the_group_speaks(
    alice, moderator, channel, env, speaks, until
):
    speaks("ko")
    started = await moderator.slash(channel, "manage group", zone="UTC")
    speaks("en-US")
    await until(MONDAY)
    post = paper_in(channel)
    await alice.click(post, label="다 봤어요")
    answer = await alice.slash(channel, "next")

    assert "월요일 09:00" in text_of(started)
    assert "이번 주 자료" in text_of(post)
    assert "Done" in labels_of(answer)
    assert "이번 주 자료" in text_of(paper_in(channel))
    assert {"열기", "다 봤어요"} <= {*labels_of(paper_in(channel))}


async def test_a_groups_language_is_changed_and_its_cards_follow(
    alice, moderator, channel, speaks, until
):
    await moderator.slash(channel, "manage group", zone="UTC")
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group", language="ko")
    await until(MONDAY + timedelta(minutes=30))

    assert "language: 한국어" in text_of(card)
    assert "이번 주 자료" in text_of(paper_in(channel))


async def test_whoever_changes_a_groups_language_to_their_own_sees_that_too(
    moderator, channel, speaks
):
    await moderator.slash(channel, "manage group", zone="UTC")
    speaks("ko")
    changed = await moderator.slash(channel, "manage group", language="ko")
    later = await moderator.slash(channel, "manage group")

    assert "언어: 한국어" in text_of(changed)
    assert "언어: 한국어" not in text_of(later)


async def test_what_a_server_added_is_found_under_the_name_that_each_reads(
    alice, moderator, channel, speaks
):
    card = await moderator.slash(channel, "manage add", link="https://arxiv.org/abs/2312.00752")
    added = title_of(card)
    await moderator.click(card.response.message, label="Add")
    speaks("ko")

    card = await alice.slash(channel, "next", step="이 서버에서 추가한 자료")
    typed = await alice.autocomplete(channel, "next", "step", "서버에서 추가")
    found = await alice.slash(channel, "search", query="이 서버에서 추가한 자료")
    english = await alice.slash(channel, "next", step="added by this server")

    assert title_of(card) == title_of(english) == added
    assert [each["name"] for each in typed][:1] == ["이 서버에서 추가한 자료"]
    assert "### 이 서버에서 추가한 자료" in text_of(found)


def test_each_language_has_its_name_for_what_a_server_added():
    named = {said_in(each, OWN_STEP_TITLE) for each in languages() if each != "en"}

    assert named == {*OWN_STEP_NAMES[1:]}


async def test_direct_messages_speak_what_their_reader_was_last_seen_in(
    alice, moderator, channel, env, speaks, group
):
    speaks("ko")
    await alice.slash(channel, "next")
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="참여하기")
    speaks("en-US")
    found = await env.bot.services.groups.find(channel.id)
    await env.bot.services.leading.ask(channel.guild.id, found.group_id, alice.id)
    env.bot.ticker.look_again()
    await env.advance_time(120)

    assert "발제" in text_of(alice.user.dm_channel.history()[-1])


async def test_a_shared_card_is_in_the_groups_language(alice, channel, group, speaks):
    speaks("ko")
    mine = await alice.slash(channel, "progress")
    shared = await alice.slash(channel, "progress", share=True)

    assert "9개 중 0개" in text_of(mine)
    assert "0 of 9" in text_of(shared)


@pytest.mark.parametrize("word", ["초기화", "reset"])
async def test_a_word_to_type_counts_in_both_languages(alice, channel, speaks, env, word):
    speaks("ko")
    await alice.slash(channel, "done", resource="BERT")
    card = (await alice.slash(channel, "progress")).response.message
    await env.advance_time(4)
    await alice.click(card, label="더 보기")
    await env.advance_time(4)

    form = await alice.click(card, label="초기화…")
    done = await alice.submit_modal(form, {"word": word})

    assert "🧹 표시를 모두 지웠어요" in text_of(done)


async def test_discords_menu_speaks_it_too_but_names_stay(env):
    tree, texts = env.bot.tree, CommandTexts()
    payloads = [await each.get_translated_payload(tree, texts) for each in tree.get_commands()]
    (next_,) = (each for each in payloads if each["name"] == "next")
    kind = next(each for each in next_["options"] if each["name"] == "kind")
    (menu,) = (each for each in payloads if each["type"] == 3)

    assert next_["description_localizations"] == {"ko": "다음에 볼 자료와 그 이유를 알려 드려요."}
    assert not next_.get("name_localizations")
    assert kind["choices"][0]["name_localizations"] == {"ko": "논문"}
    assert menu["name_localizations"] == {"ko": "읽기 목록에 제안하기"}


@pytest.fixture
async def koreans(env, moderator, channel, speaks):
    """The card of a group that speaks Korean, as its moderator did; whoever acts now doesn't."""
    speaks("ko")
    card = await moderator.slash(channel, "manage group", zone="UTC", meets="목요일 20시")
    speaks("en-US")
    return card


async def test_all_that_stands_in_a_channel_speaks_its_groups_language(
    env, guild, channel, koreans, until
):
    await env.advance_time(6 * A_MINUTE)
    opening = text_of(channel.last_message)
    await until(MONDAY)

    (event,) = env.backend.get_guild(guild.id).scheduled_events.values()
    (thread,) = channel.threads
    assert "### 매주 자료 한 편, 함께 이야기해요" in opening
    assert "🗓️ 모임: <t:" in text_of(paper_in(channel))
    assert "이야깃거리 질문" in text_of(thread.history()[-1])
    assert event.name == "이번 주 자료: Attention Is All You Need"
    assert event.description.startswith("이번 주 자료: Attention Is All You Need. 다 못 봤어도")


async def test_a_vote_and_its_end_speak_the_groups_language(
    env, moderator, channel, koreans, until
):
    called = await moderator.slash(channel, "manage vote")
    asked = text_of(called)
    (candidates,) = [m for m in channel.history() if "투표해 주세요" in text_of(m)]
    (poll,) = [message.poll for message in channel.history() if message.poll is not None]
    await moderator.click(called.response.message, label="Cancel vote")
    await env.advance_time(A_MINUTE)

    assert poll.question == "2026년 1월 5일 (월)에 뭘 볼까요?"
    assert "votes on what it reads" in asked
    assert "자료 투표를 취소했어요" in text_of(fresh(channel, candidates))


async def test_what_outlives_a_group_speaks_its_language_still(env, moderator, channel, koreans):
    await env.advance_time(6 * A_MINUTE)
    opening = channel.last_message
    await moderator.slash(channel, "manage vote")
    (candidates,) = [m for m in channel.history() if "투표해 주세요" in text_of(m)]
    found = await env.bot.services.groups.find(channel.id)
    await env.bot.services.groups.delete(channel.guild.id, found.group_id, moderator.id)
    env.bot.ticker.look_again()
    await env.advance_time(A_MINUTE)

    assert "### 이 스터디는 끝났어요" in text_of(fresh(channel, opening))
    assert "투표를 취소했어요" in text_of(fresh(channel, candidates))


async def test_a_forums_post_speaks_its_groups_language(env, guild, channel, moderator, speaks):
    forum = guild.create_forum_channel("papers")
    speaks("ko")
    await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    speaks("en-US")
    await env.advance_time(A_MINUTE)
    (post,) = forum.threads
    first = text_of(post.history()[0])
    await moderator.slash(post, "manage group", language="en")
    await env.advance_time(10 * A_MINUTE)

    assert "목록의 자료가 이 게시물에 올라와요" in first
    assert "here in this post" in text_of(post.history()[0])


async def test_a_channel_of_moderators_is_told_in_the_language_of_their_group(
    env, alice, channel, koreans
):
    await env.bot.services.inboxes.set_word(channel.guild.id, channel.id)
    await alice.slash(channel, "suggest", link="https://example.org/new")
    for _day in range(8):
        await env.advance_time(24 * 60 * A_MINUTE)

    assert any("### 📥 관리자 검토함: 제안 1개" in text_of(m) for m in channel.history())


async def test_whoever_was_never_seen_is_written_to_as_their_server_speaks(env, speaks):
    owner = env.create_user("owner")
    guild = env.create_guild("Owned room", owner=owner)
    role = guild.create_role("mods", permissions=discord.Permissions(manage_guild=True))
    former, carol = (
        guild.add_member(env.create_user(n), roles=[role]) for n in ("former", "carol")
    )
    channel = guild.create_text_channel("reading")
    speaks("ko")
    await former.slash(channel, "manage group", zone="UTC")
    env.backend.remove_member(guild.id, former.id)
    speaks("en-US")
    await carol.slash(channel, "suggest", link="https://example.org/new")
    await env.advance_time(2)

    (told,) = owner.dm_channel.history()
    assert "### 📥 Owned room 읽기 목록에 첫 제안이 왔어요" in text_of(told)


@pytest.mark.parametrize(
    ("features", "hello"),
    [(["COMMUNITY"], "안녕하세요!"), ([], "Hello! I know what to read next.")],
)
async def test_a_new_server_is_greeted_in_the_language_that_a_community_set(
    env, guild, channel, features, hello
):
    server = env.backend.get_guild(guild.id)
    server.system_channel_id, server.preferred_locale = channel.id, "ko"
    env.backend.emit(
        "GUILD_CREATE", guild_create_payload(env.backend, server) | {"features": features}
    )
    await env.settle()

    assert hello in text_of(channel.last_message)


async def test_what_went_wrong_is_told_in_the_readers_language(env, alice, channel, speaks):
    speaks("ko")
    typed = await alice.slash(channel, "path", resource="zzzzzz")
    clicked = await pressed(env, channel, alice, "gone-kind:1")
    private = await alice.slash(channel, "group")

    assert "“zzzzzz”에 맞는 자료가 목록에 없어요" in text_of(typed)
    assert "이제 쓸 수 없는 카드예요" in text_of(clicked)
    assert "이 채널에는 스터디가 없어요" in text_of(private)
    assert env.errors  # discord.py logs what a command raises


async def test_what_discord_offers_while_somebody_types_is_in_their_language(
    moderator, channel, group, speaks
):
    speaks("ko")
    days = await moderator.autocomplete(channel, "manage pick", "date", "")

    assert "2026년 1월 5일 (월)" in days[0]["name"]


async def test_words_of_ours_in_what_is_filled_in_or_chosen_are_the_readers_too(
    moderator, alice, channel, env, speaks
):
    speaks("ko")
    asked = await moderator.slash(channel, "manage group")
    card = await moderator.slash(channel, "manage group", zone="서울", meets="Thu 8 pm")
    await env.advance_time(4)
    await moderator.click(card.response.message, label="더 보기")
    await env.advance_time(4)
    form = await moderator.click(card.response.message, label="모임…")
    link = await moderator.slash(channel, "manage add", link="https://example.org/new")

    assert options_of(asked)[0] == "Asia/Seoul"
    assert form.modal["components"][0]["component"]["value"] == "목요일 20:00"
    assert "들어갈 단계: 이 서버에서 추가한 자료" in text_of(link)


async def test_numbers_and_durations_are_said_as_korean_says_them(alice, channel, speaks):
    speaks("ko")
    path = await alice.slash(channel, "path", resource="InstructGPT")

    assert "먼저 볼 자료 5개:" in text_of(path)
    assert " · 1시간 40분 · " in text_of(path)
    assert "-# 모두 약 " in text_of(path)


@pytest.mark.parametrize("word", ["삭제", "delete", "아니"])
async def test_what_deletes_a_group_is_typed_in_either_language(
    moderator, channel, group, speaks, env, word
):
    speaks("ko")
    card = (await moderator.slash(channel, "manage group")).response.message
    await env.advance_time(4)
    await moderator.click(card, label="더 보기")
    await env.advance_time(4)
    form = await moderator.click(card, label="삭제…")
    told = text_of(await moderator.submit_modal(form, {"word": word}))

    wrong = "계속하려면 이 말을 입력해 주세요: 삭제"
    assert (wrong if word == "아니" else "스터디를 삭제했어요") in told


async def test_a_language_is_heard_from_a_command_a_click_and_a_refusal(
    alice, channel, env, speaks
):
    services, heard = env.bot.services, []
    card = await alice.slash(channel, "done", resource="BERT")

    async def kept(language, act):
        speaks(language)
        await act()
        heard.append(await readers.language_of(services.db, alice.id))

    await kept("ko", lambda: alice.slash(channel, "next"))
    await kept("en-US", lambda: alice.click(card.response.message, label="Undo"))
    await kept("ko", lambda: pressed(env, channel, alice, "gone-kind:1"))
    await kept("en-US", lambda: alice.slash(channel, "next"))

    assert heard == ["ko", "en-US", "ko", "en-US"]


async def test_what_all_see_where_there_is_no_group_is_in_the_sharers_language(
    alice, channel, speaks
):
    speaks("ko")
    shared = await alice.slash(channel, "progress", share=True)

    assert "9개 중 0개" in text_of(shared)


async def test_a_language_is_offered_as_it_calls_itself_whoever_looks(env):
    tree, texts = env.bot.tree, CommandTexts()
    payloads = [await each.get_translated_payload(tree, texts) for each in tree.get_commands()]
    manage = next(each for each in payloads if each["name"] == "manage")
    group = next(each for each in manage["options"] if each["name"] == "group")
    language = next(each for each in group["options"] if each["name"] == "language")

    assert [each["name"] for each in language["choices"]] == ["English", "한국어"]
    assert not any(each.get("name_localizations") for each in language["choices"])


async def test_commands_that_are_named_can_be_tapped(alice, channel, env):
    card = await alice.slash(channel, "help")

    command_id = env.bot.command_ids["next"]
    assert f"</next:{command_id}>" in str(card.response.components)
    assert "`/next`" not in str(card.response.components)


async def test_what_is_sent_anew_follows_a_change_of_language(
    env, guild, moderator, channel, koreans, until
):
    await until(MONDAY)
    (event,) = env.backend.get_guild(guild.id).scheduled_events.values()
    before, paper = event.name, text_of(paper_in(channel))
    await moderator.slash(channel, "manage group", language="en")
    await env.advance_time(30 * A_MINUTE)
    between = text_of(paper_in(channel))
    await moderator.slash(channel, "manage group", language="ko")
    await env.advance_time(30 * A_MINUTE)

    assert before.startswith("이번 주 자료")
    assert "이번 주 자료" in paper
    assert "Paper of the week" in between
    assert "이번 주 자료" in text_of(paper_in(channel))


BROKEN = b"id: mine\ntitle: Mine\nsections:\n- id: one\n  titel: One\n  steps: []\n"


async def test_a_broken_list_is_told_in_the_language_of_who_brings_it(
    moderator, channel, env, speaks
):
    speaks("ko")
    korean = await moderator.slash(channel, "manage import", file=("list.yaml", BROKEN))
    speaks("en-US")
    english = await moderator.slash(channel, "manage import", file=("list.yaml", BROKEN))

    assert text_of(korean) == (
        "“list.yaml”에 틀린 곳이 3군데 있어서 쓸 수 없어요. 처음 틀린 곳은 4번째 줄, one: title"
        " 키가 빠졌어요. 고치는 법: \\`title: ...\\` 꼴로 넣으세요."
    )
    assert text_of(english) == (
        "“list.yaml” has 3 mistakes, so I can't use it. The first, in line 4: one title is"
        " missing. To fix it: add \\`title: ...\\`."
    )
    assert env.errors


async def test_the_json_says_what_it_holds_in_its_readers_language(alice, channel, speaks):
    speaks("ko")
    await alice.slash(channel, "done", resource="BERT")
    card = await alice.slash(channel, "me")
    answer = await alice.click(card.response.message, label="JSON 내려받기")

    (attachment,) = answer.response.attachments
    tables = json.loads(await attachment.read())["tables"]
    assert tables["readers"]["what"].startswith("Discord ID와 DM을")
    assert not [each for each in tables.values() if not re.search("[가-힣]", each["what"])]
    assert tables["progress"]["rows"][0]["state"] == "done"
