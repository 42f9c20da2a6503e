async def test_commands_never_told_have_no_digest(services):
    assert await services.settings.synced_commands(1) is None


async def test_each_application_keeps_the_digest_of_what_discord_was_told_last(services):
    await services.settings.set_synced_commands(1, "one")
    await services.settings.set_synced_commands(1, "two")
    await services.settings.set_synced_commands(2, "three")

    assert await services.settings.synced_commands(1) == "two"
    assert await services.settings.synced_commands(2) == "three"
