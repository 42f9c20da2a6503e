"""What ``custom_ids.yaml`` says, with ids in the place of its braces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.views.custom_ids import CustomId

FILE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
TEMPLATES: dict[str, str] = {name: item["template"] for name, item in FILE["items"].items()}
FIELDS: list[str] = FILE["fields"]


def _kinds(base: type[CustomId] = CustomId) -> Iterator[type[CustomId]]:
    for kind in base.__subclasses__():
        if kind.shape:  # else it is only what others have in common
            yield kind
        yield from _kinds(kind)


KINDS = {kind.__name__: kind for kind in _kinds()}


@dataclass(frozen=True)
class Written:
    """A custom_id that some message has. ``item``: the class that reads it."""

    item: str
    custom_id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    picks: tuple[str, ...] = ()


def written(ids: Mapping[str, int] = FILE["numbers"]) -> list[Written]:
    """Return every entry, in the file's order."""
    return [
        Written(
            name,
            one["id"].format(**ids),
            {key: _filled(value, ids) for key, value in one.get("values", {}).items()},
            tuple(pick.format(**ids) for pick in one.get("picks", ())),
        )
        for name, item in FILE["items"].items()
        for one in item["written"]
    ]


def _filled(value: Any, ids: Mapping[str, int]) -> Any:
    if not isinstance(value, str):
        return value
    is_id = value.startswith("{")
    return ids[value.strip("{}")] if is_id else value.format(**ids)
