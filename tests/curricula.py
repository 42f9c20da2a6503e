"""Small curricula for tests: by hand, and at random."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.core.curriculum.fields import PageFacts
from bot.core.curriculum.imports import NEW, Imported
from bot.core.progress import Mark

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


async def named_by_address(url: str) -> PageFacts:
    """Look at a page that is titled by where it is: without a title nothing can be added."""
    return PageFacts(title=url.partition("://")[2])


def resource(slug: str, *needs: str, namespace: str = "demo", **fields) -> Resource:
    """Make a resource of the list; ``needs``, ``formerly`` and ``companions`` are slugs."""
    key = f"{namespace}:{slug}"
    fields = {"title": slug.title(), "kind": "paper", "step_id": "one", "minutes": 30, **fields}
    companions = tuple(
        Resource(
            f"{namespace}:{each}",
            each.title(),
            f"https://example.org/{each}",
            "article",
            fields["step_id"],
            parent=key,
            minutes=5,
        )
        for each in fields.pop("companions", ())
    )
    return Resource(
        key=key,
        url=fields.pop("url", f"https://example.org/{slug}"),
        prerequisites=tuple(f"{namespace}:{each}" for each in needs),
        formerly=tuple(f"{namespace}:{each}" for each in fields.pop("formerly", ())),
        companions=companions,
        **fields,
    )


def curriculum(*resources: Resource, id: str = "demo") -> Curriculum:  # noqa: A002 - its name there
    """Make a curriculum of one section, with the steps that the resources name."""
    steps = dict.fromkeys(each.step_id for each in resources)
    return Curriculum(
        id=id,
        title="Demo",
        sections=(
            Section(
                "all",
                "All",
                steps=tuple(
                    Step(
                        step,
                        step.title(),
                        "all",
                        resources=tuple(r for r in resources if r.step_id == step),
                    )
                    for step in steps
                ),
            ),
        ),
    )


def imported(*slugs: str, title: str = "Ours", **fields) -> Imported:
    """Make a list that was only read, of resources with these slugs and fields."""
    made = curriculum(*(resource(slug, namespace=NEW, **fields) for slug in slugs), id=NEW)
    return Imported(replace(made, title=title))


def done(*slugs: str, at: datetime = NOW) -> dict[str, Mark]:
    return {f"demo:{slug}": Mark("done", at) for slug in slugs}


def later(*slugs: str, until: datetime = NOW + timedelta(days=7)) -> dict[str, Mark]:
    return {f"demo:{slug}": Mark("later", NOW, until=until) for slug in slugs}


@st.composite
def curricula(draw: st.DrawFn, most: int = 8, namespace: str = "demo") -> Curriculum:
    """Any curriculum that the loader lets pass, in shape: acyclic, in any order."""
    count = draw(st.integers(1, most))
    made: list[Resource] = []
    for number in range(count):
        addition = draw(st.booleans())
        may_need = [r.key.partition(":")[2] for r in made if addition or not r.addition]
        needs = draw(st.lists(st.sampled_from(may_need), unique=True)) if may_need else []
        made.append(
            resource(
                f"r{number}",
                *needs,
                namespace=namespace,
                addition=addition,
                must_read=draw(st.booleans()),
                minutes=draw(st.sampled_from([None, 10, 60])),
                kind=draw(st.sampled_from(["paper", "video"])),
                step_id=draw(st.sampled_from(["one", "two"])),
                formerly=[f"r{number}-was-{n}" for n in range(draw(st.integers(0, 2)))],
                companions=[f"r{number}-c{n}" for n in range(draw(st.integers(0, 2)))],
            )
        )
    return curriculum(*draw(st.permutations(made)), id=namespace)


def marks() -> st.SearchStrategy[Mark]:
    """Any mark; what is put off is so until a day before or after NOW."""
    days = st.integers(-9, 9).map(lambda n: timedelta(days=n))
    plain = st.builds(
        Mark, st.sampled_from(["known", "skipped"]), days.map(lambda each: NOW + each)
    )
    rated = st.builds(
        Mark,
        st.just("done"),
        days.map(lambda each: NOW + each),
        rating=st.sampled_from([None, 1, 5]),
    )
    put_off = st.builds(
        Mark,
        st.just("later"),
        days.map(lambda each: NOW + each),
        until=days.map(lambda each: NOW + each),
    )
    return st.one_of(plain, rated, put_off)


@st.composite
def read_by_somebody(draw: st.DrawFn, most: int = 8) -> tuple[Curriculum, dict[str, Mark]]:
    """Any curriculum and any marks on it, under present, former and forgotten keys."""
    made = draw(curricula(most))
    keys = [*made.by_key, *made.present_keys, "demo:gone"]
    return made, draw(st.dictionaries(st.sampled_from(keys), marks()))


@st.composite
def ways(draw: st.DrawFn, most: int = 12) -> list[set[int]]:
    """Draw what leads to each stop of a way, without what other lines imply."""
    found: list[set[int]] = []
    above: list[set[int]] = []
    count, reach = draw(st.integers(0, most)), draw(st.integers(1, most))
    for n in range(count):
        near = draw(st.sets(st.integers(max(0, n - reach), n - 1), max_size=6)) if n else set()
        further = {each for start in near for each in above[start]}
        found.append(near - further)
        above.append(near | further)
    return found
