"""Charts to draw: what the shipped list gives, and what nobody hopes for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.curriculum import Curriculum
from bot.core.groups import Group, GroupStatus, PastWeek
from bot.core.lanes import lanes_of
from bot.core.maps import Chart, Look, Stop
from bot.core.papers import Coming, Pick
from bot.core.progress import Mark
from bot.core.recommend import Journey, Path, Reader, Recommendation, path_to, recommend
from bot.core.weeks import Schedule, Slot, Week
from bot.views.map_card import list_chart, way_chart, we_chart

NOW = datetime(2026, 1, 27, 9, 0, tzinfo=UTC)
HUNDRED = "Scaling Instruction-Finetuned Language Models to a Great Many Tasks, Sizes"
HUNDRED += " and Settings, All at Once"
LEGEND = (
    ("done", "read"), ("here", "next"), ("ready", "ready"), ("locked", "locked"),
    ("later", "later"), ("never", "never"), ("goal", "goal"),
)  # fmt: skip
LOOKS: tuple[Look, ...] = ("done", "never", "here", "ready", "later", "locked", "gap", "goal")


def marks_of(curriculum: Curriculum, read: int) -> dict[str, Mark]:
    """Return marks for so many of the list, in its own order."""
    listed = [r for r in curriculum.reading_order if not r.addition]
    return {each.key: Mark("done", NOW) for each in listed[:read]}


def journey_of(curriculum: Curriculum, read: int, **reader) -> Journey:
    marks = marks_of(curriculum, read)
    answer = recommend(curriculum, marks, NOW, goal=reader.get("goal"))
    comes_next = answer.resource if isinstance(answer, Recommendation) else None
    return Journey(curriculum, Reader(marks, **reader), None, (), comes_next)


def way_of(curriculum: Curriculum, read: int, key: str) -> Path:
    marks = marks_of(curriculum, read)
    left = path_to(curriculum, marks, key)
    return Path(curriculum, Reader(marks), curriculum.find(key), left)


def status_of(curriculum: Curriculum) -> tuple[GroupStatus, list[PastWeek]]:
    """Return a group in its fourth week: one week was skipped, one to come is."""
    group = Group(1, 2, 3, "active", Schedule(0, 9, 0, "Asia/Seoul"), None, NOW, NOW)
    listed = [r for r in curriculum.reading_order if not r.addition]
    mondays = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=n) for n in range(8)]
    weeks = [f"2026-W{n:02}" for n in range(2, 10)]
    past = [
        PastWeek(Week(n, 1, week, at, "posted", each.key, each.title), n if n > 2 else None)
        for n, week, at, each in zip(range(1, 5), weeks, mondays, listed, strict=False)
    ]
    past[1] = replace(past[1], post=replace(past[1].post, state="skipped"))
    coming = [
        Coming(Slot(week, at), Pick(week, each.key, "next_on_list"), week == "2026-W07")
        for week, at, each in zip(weeks[4:], mondays[4:], listed[4:], strict=False)
    ]
    status = GroupStatus(curriculum, group, 7, True, past[-1].post, None, tuple(coming), 9)
    return status, past[::-1]


def nasty(text: str) -> Chart:
    """Return a chart in which all says this."""
    stops = tuple(
        Stop(text, look, n % 4, (n - 1,) if n else (), False, (text,), f"slug-{n}", n % 2 == 0)
        for n, look in enumerate([*LOOKS, *LOOKS[:4]])
    )
    return Chart(text, text, stops, LEGEND)


WIDE = [
    set(), set(), set(), set(), set(),
    {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {0, 4}, {0, 3}, {5, 6, 7}, {8, 9, 10},
]  # fmt: skip
"""What each stop of a way needs, by number: six lanes of lines that can't but cross."""


def wide(shipped: Curriculum) -> Chart:
    """Return a way that is as wide as a phone can show, with titles of the shipped list."""
    looks: list[Look] = ["done", "done", "here", "ready", "ready", *["locked"] * 6, "goal"]
    titles = [each.title for each in (*shipped.resources, *shipped.resources)]
    stops = zip(titles, looks, WIDE, lanes_of(WIDE), strict=False)
    return Chart(
        "The way to: Llama 2",
        "2 of 12 · about 13 h left",
        tuple(
            Stop(title, look, lane, tuple(sorted(after)), gathers, ("1 h 15 min",))
            for title, look, after, (lane, gathers) in stops
        ),
        LEGEND,
    )


def charts(shipped: Curriculum) -> Iterator[tuple[str, Chart]]:
    """Yield each picture that is approved, by its name."""
    yield "list-new", list_chart(journey_of(shipped, 0), NOW)
    yield "list-begun", list_chart(journey_of(shipped, 6), NOW)
    yield "list-read", list_chart(journey_of(shipped, 99), NOW)
    yield "way", way_chart(way_of(shipped, 0, "jump-into-llm:llama-2"), NOW)
    yield "way-to-a-step", way_chart(way_of(shipped, 4, ":preference-learning"), NOW)
    yield "way-of-six-lanes", wide(shipped)
    yield "we", we_chart(*status_of(shipped))
    for name, text in NASTY.items():
        yield name, nasty(text)


NASTY = {
    "hundred": HUNDRED,
    "without-spaces": "Supercalifragilisticexpialidocious" * 3,
    "korean": "대규모 언어 모델을 위한 지시 미세 조정과 사람의 피드백을 이용한 강화 학습",
    "chinese": "注意力机制就是你所需要的一切以及大型语言模型的预训练与微调方法综述",
    "japanese": "大規模言語モデルのための指示チューニングとコンテキスト内学習の研究",
    "right-to-left": "الانتباه هو كل ما تحتاجه ל-BERT שלום עולם",
    "mixed": "מאמר על GPT-2: חדש מאוד",
    "lost-letters": "똠방각하 펲시콜라 預訓練與微調 𝐀𝐭𝐭𝐞𝐧𝐭𝐢𝐨𝐧",
    "emoji": "🧠📚👩‍🔬🤗🏴‍☠️🇰🇷👍🏽 PEFT ✅❤️",
    "unknown-letters": "ความสนใจคือทั้งหมดที่คุณต้องการ",
    "hostile": "<script>&amp;\"'</text>\x00\x1b\ud800\u202e\u200b\n\t{x} %s ﷽ Z͑ͫͣͪ̂a̴l̷g̶o",
}
