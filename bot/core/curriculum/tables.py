"""A list as CSV, for spreadsheets: a row for each resource, which ``read_table`` reads back."""

import csv
import io
import re

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.file import slugs_in

COLUMNS = (
    *("section", "step", "title", "url", "authors", "year", "minutes", "kind", "must_read"),
    *("needs", "notes", "id", "companion_of"),
)

FORMULA = re.compile("'*[=+@\\-\\t\\r＝＋＠－]")
"""How a cell begins that a spreadsheet would run; or is kept from running already."""


def write_csv(curriculum: Curriculum) -> str:
    """Return a list's rows under a line of headers; companions stand below what they help with.

    What a spreadsheet would take for a formula gets an apostrophe in front, after which it is text.
    Excel needs a byte order mark before it: encode it as ``utf-8-sig``.
    """
    slugs, file = slugs_in(curriculum), io.StringIO()
    rows = csv.writer(file)
    rows.writerow(COLUMNS)

    def cells(resource: Resource) -> tuple[object, ...]:
        step = curriculum.step_of(resource)
        needs = (slugs[key] for key in resource.prerequisites if key in slugs)
        notes = (*([resource.remark] * resource.is_companion), *resource.notes)
        return (
            curriculum.section_of(step).title,
            step.title,
            *(resource.title, resource.url, resource.authors, resource.year, resource.minutes),
            resource.kind,
            "yes" if resource.must_read else "",
            "; ".join(needs),
            "\n".join((*notes, *resource.added_notes)),
            slugs[resource.key],
            slugs.get(resource.parent or "", ""),
        )

    for resource in curriculum.by_key.values():
        told = ("" if cell is None else str(cell) for cell in cells(resource))
        rows.writerow([f"'{cell}" if FORMULA.match(cell) else cell for cell in told])
    return file.getvalue()
