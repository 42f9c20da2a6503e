from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.link_checks import AGAIN, DAYS_GONE, EVERY, LinkAnswer, LinkCheck, after, mirror_of

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
URL = "https://example.org/page"
EVIDENCE = st.sampled_from(["there", "gone", "unknown", "unasked"])
LOOKS = st.lists(st.tuples(EVIDENCE, st.integers(0, 200)))


def looked(looks):
    """What is known after looks: each with how many hours passed before it."""
    check, now = LinkCheck(URL), NOW
    for evidence, hours in looks:
        now += timedelta(hours=hours)
        check, next_at = after(check, LinkAnswer(evidence), now)
        assert next_at > now
    return check


def test_three_days_make_a_link_dead_and_three_looks_of_one_day_do_not():
    assert looked([("gone", 24)] * DAYS_GONE).is_dead
    assert not looked([("gone", 1)] * DAYS_GONE).is_dead
    assert not looked([("gone", 24)] * (DAYS_GONE - 1)).is_dead


def test_a_page_that_is_there_again_begins_anew():
    assert not looked([("gone", 24)] * 2 + [("there", 24)] + [("gone", 24)] * 2).is_dead


@given(LOOKS)
def test_silence_changes_nothing(looks):
    told, hours = [], 0
    for evidence, passed in looks:
        hours += passed
        if evidence in {"there", "gone"}:
            told.append((evidence, hours))
            hours = 0

    assert looked(looks) == looked(told)


@given(LOOKS)
def test_it_is_never_dead_before_three_different_days(looks):
    now, run = NOW, set()
    for evidence, hours in looks:
        now += timedelta(hours=hours)
        run = (
            set() if evidence == "there" else run | ({now.date()} if evidence == "gone" else set())
        )

    assert looked(looks).is_dead == (len(run) >= DAYS_GONE)


def test_what_may_be_dead_is_looked_at_again_tomorrow_and_all_else_in_a_week():
    (_, tomorrow), (_, in_a_week), (_, later) = (
        after(LinkCheck(URL, gone_days=days), LinkAnswer(evidence), NOW)
        for evidence, days in (("gone", 0), ("there", 0), ("gone", DAYS_GONE))
    )

    assert (tomorrow, in_a_week, later) == (NOW + AGAIN, NOW + EVERY, NOW + EVERY)


def test_a_site_that_asks_to_wait_is_given_time_but_not_for_ever():
    waits = (timedelta(days=20), timedelta(days=4000))
    nexts = [after(LinkCheck(URL), LinkAnswer("unknown", wait=wait), NOW)[1] for wait in waits]

    assert nexts == [NOW + timedelta(days=20), NOW + timedelta(days=30)]


@pytest.mark.parametrize(
    ("url", "mirror"),
    [
        ("https://www.semanticscholar.org/arxiv/1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("https://dl.acm.org/doi/10.1145/3065386", "https://doi.org/10.1145/3065386"),
        (
            "https://arxiv.org/abs/1706.03762",
            "https://web.archive.org/web/https://arxiv.org/abs/1706.03762",
        ),
        (URL, f"https://web.archive.org/web/{URL}"),
        (f"{URL}?a=(b) c#here", f"https://web.archive.org/web/{URL}?a=(b)%20c"),
        (f"https://web.archive.org/web/2020/{URL}", ""),
    ],
)
def test_a_dead_page_may_be_at_its_own_home_or_in_an_archive(url, mirror):
    assert mirror_of(url) == mirror


@given(st.text("aé€/?=&", max_size=480))
def test_a_mirror_fits_the_button_that_opens_it(path):
    mirror = mirror_of(f"https://example.org/{path}")

    assert len(mirror) <= 512
    assert mirror or len(path) > 70
