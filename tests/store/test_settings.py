from bot.store.settings import set_setting, setting


async def test_what_was_never_set_is_none(db):
    assert await setting(db, "name") is None


async def test_the_last_value_set_counts(db):
    async with db.transaction() as changes:
        await set_setting(changes, "name", "one")
        await set_setting(changes, "name", "two")
        await set_setting(changes, "other", "")

    assert await setting(db, "name") == "two"
    assert await setting(db, "other") == ""
