"""What ``outbox.yaml`` says, held against the rows of a database."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FORMS: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("outbox.yaml").read_text(encoding="utf-8")
)
BEFORE: dict[str, dict[str, tuple[str, str]]] = FORMS.pop("before")

A_WEEK = 7 * 24 * 3600


def forms_of(ledger: Mapping[str, list[Mapping[str, Any]]]) -> list[tuple[str, str, list[str]]]:
    """Return (kind, reference, those of its kind's forms that it has) of each row of the outbox."""
    ids = {
        "group": {row["group_id"] for row in ledger["study_groups"]},
        "slot": {row["week_id"] for row in ledger["weeks"]},
        "vote": {row["vote_id"] for row in ledger["votes"]},
    }

    def fits(form: str, row: Mapping[str, Any]) -> bool:
        known = ids | {
            "guild": {row["guild_id"]},
            "person": {row["reader_id"]},
            "moment": range(row["until_at"] - A_WEEK, row["until_at"]),
            "row": _rows_meant(row, ledger["outbox"]),
        }
        found = _read(form, row["reference"])
        return found is not None and all(
            int(number) in known[name]
            for name, number in found.groupdict().items()
            if name not in ("day", "week")
        )

    return [
        (row["kind"], row["reference"], [f for f in FORMS[row["kind"]] if fits(f, row)])
        for row in ledger["outbox"]
    ]


def named_now(kind: str, reference: str) -> tuple[str, str]:
    """Return a kind and reference of any release as they are called now."""
    for form, (now, form_now) in BEFORE.get(kind, {}).items():
        if found := _read(form, reference):
            return now, form_now.format(**found.groupdict())
    return kind, reference


def _read(form: str, reference: str) -> re.Match[str] | None:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[1-9][0-9]*)", form)
    for name, text in (("day", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), ("week", r"[0-9]{4}-W[0-9]{2}")):
        pattern = pattern.replace(f"(?P<{name}>[1-9][0-9]*)", f"(?P<{name}>{text})")
    return re.fullmatch(pattern, reference)


def _rows_meant(row: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> set[int]:
    """Return the row itself; for a notice, its group's standing post."""
    if row["kind"] in ("sign", "paper"):
        return {row["row_id"]}
    group = row["reference"].split(":")[0]
    return {r["row_id"] for r in rows if r["kind"] == "standing" and r["reference"] == group}
