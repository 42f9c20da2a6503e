"""Small words that many cards share."""

import pytest

from bot.core.curriculum import KINDS
from bot.views.phrases import KIND_ICONS, kind_name


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_name_and_an_icon_of_its_own(kind):
    assert kind_name(kind)
    assert sum(icon == KIND_ICONS[kind] for icon in KIND_ICONS.values()) == 1
