"""Any list that a file of another format can hold, and what every reader has to keep to."""

from dataclasses import replace

from hypothesis import strategies as st

from bot.core.curriculum import KINDS, Curriculum, Resource, Section, Step
from bot.core.curriculum.file import read_curriculum, write_curriculum
from bot.core.curriculum.imports import NEW, Imported

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"])
    | st.sampled_from("=+-@'\";,{}\\&%$#_~^|` "),
    min_size=1,
    max_size=30,
).map(lambda text: " ".join(f"a{text}b".split())) | st.sampled_from(
    ["=1+1", "'=x", "-a, b; c", "@x"]
)
AUTHORS = st.sampled_from(["", "Noam Shazeer", "Li & Liang", "Vaswani et al.", "De Meulder & Sang"])


@st.composite
def lists(draw: st.DrawFn, *, companions: bool = True) -> Curriculum:
    """Any list of sections, steps and resources, with what all tables have of them."""
    slugs = [f"r{n}" for n in range(draw(st.integers(1, 6)))]
    titles = draw(st.lists(WORDS, min_size=len(slugs), max_size=len(slugs), unique_by=str.casefold))
    parents: dict[str, str] = {}
    made: dict[str, Resource] = {}
    for slug, title in zip(slugs, titles, strict=True):
        whole = [each for each in made if each not in parents]
        if companions and whole and draw(st.booleans()):
            parents[slug] = draw(st.sampled_from(whole))
        needs = [] if slug in parents or not whole else draw(st.sets(st.sampled_from(whole)))
        made[slug] = Resource(
            f"{NEW}:{slug}",
            title,
            f"https://example.org/{slug}",
            draw(st.sampled_from(KINDS)),
            "",
            must_read=draw(st.booleans()),
            parent=f"{NEW}:{parents[slug]}" if slug in parents else None,
            authors=draw(AUTHORS),
            year=draw(st.none() | st.integers(1000, 2999)),
            minutes=draw(st.none() | st.integers(1, 900)),
            prerequisites=tuple(sorted(f"{NEW}:{each}" for each in needs)),
            notes=tuple(draw(st.lists(WORDS, max_size=2))),
        )
    steps: dict[str, list[Resource]] = {}
    for slug in slugs:
        if slug not in parents:
            steps.setdefault(draw(st.sampled_from(["One", "Two, too"])), []).append(made[slug])
    return Curriculum(
        NEW, "Mine", tuple(_section(title, some, made) for title, some in steps.items())
    )


def _section(title: str, resources: list[Resource], made: dict[str, Resource]) -> Section:
    step_id = title.lower().replace(", ", "-")

    def placed(resource: Resource) -> Resource:
        below = (each for each in made.values() if each.parent == resource.key)
        companions = (
            replace(c, step_id=step_id, notes=c.notes[1:], remark="".join(c.notes[:1]))
            for c in below
        )
        return replace(resource, step_id=step_id, companions=tuple(companions))

    return Section(
        step_id,
        title,
        steps=(Step(step_id, title, step_id, resources=tuple(map(placed, resources))),),
    )


def keeps_to_the_rules(imported: Imported) -> None:
    """Check what whoever takes a list that was read relies on."""
    found = imported.curriculum
    assert found.id == NEW
    assert all(r.url and r.key.startswith("new:") for r in found.by_key.values())
    assert all(len(each.text) <= 200 and each.line > 0 for each in imported.unread)
    if found.resources:
        entitled = _entitled(found)
        assert read_curriculum(write_curriculum(entitled)).sections == entitled.sections


def _entitled(found: Curriculum) -> Curriculum:
    """Give a title to what has none: only its link is known."""

    def named(resource: Resource) -> Resource:
        companions = tuple(map(named, resource.companions))
        return replace(resource, title=resource.title or resource.key, companions=companions)

    sections = tuple(
        replace(
            section,
            steps=tuple(
                replace(step, resources=tuple(map(named, step.resources))) for step in section.steps
            ),
        )
        for section in found.sections
    )
    return replace(found, sections=sections)
