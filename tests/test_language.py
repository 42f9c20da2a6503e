"""Words of other languages: a catalogue is one file, and English needs none."""

import asyncio

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.language import _, ngettext, speak


@pytest.fixture
def catalogues(tmp_path):
    """A catalogue of Korean, with two messages."""
    catalog = Catalog(locale="ko")
    catalog.add("Open {title}", "{title} 열기")
    catalog.add(("{n} day", "{n} days"), ("{n}일",))
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


async def test_one_task_never_changes_the_language_of_another(catalogues):
    await said("ko", catalogues)

    assert _("Open {title}", title="BERT") == "Open BERT"
