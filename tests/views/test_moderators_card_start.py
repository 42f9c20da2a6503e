"""Questions for a zone on cards sent long ago."""

import pytest

from bot.core.groups import GroupWish
from bot.views import custom_ids as ids
from bot.views.moderators_card import wish_of


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        (ids.GroupZone(1, 2), GroupWish()),
        (ids.GroupZoneFor(1, 2, "4", "2100", "8"), GroupWish(4, "2100", 8)),
        (ids.GroupZoneFor(1, 2, "0", "t1768179600", ""), GroupWish(0, "<t:1768179600>")),
        (ids.GroupZoneFor(1, 2, "", "", "8"), GroupWish(role_id=8)),
    ],
)
def test_an_old_question_for_the_zone_says_what_was_said_before(said, wish):
    assert wish_of(said, "Asia/Seoul") == GroupWish(
        wish.weekday, wish.time, wish.role_id, "Asia/Seoul"
    )
