"""The simulated ledger says into which tables was written: promises look at nothing else."""

import pytest

from tests.simulation.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db", lambda: None, print)
    made.writer.execute("CREATE TABLE study_groups (group_id, name)")
    made.writer.execute("CREATE TABLE members (group_id)")
    yield made
    made.close()


def written_by(ledger, *statements):
    ledger.begin()
    for sql in statements:
        ledger.run(ledger.writer, sql, ())
    ledger.writer.execute("COMMIT")
    return ledger.written


ADDED = "INSERT INTO study_groups VALUES (1, 'one')"


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        (ADDED, {"study_groups"}),
        ("UPDATE study_groups SET name = 'two'", {"study_groups"}),
        ("DELETE FROM study_groups", {"study_groups"}),
        ("UPDATE members SET group_id = 2", {"members"}),
        ("INSERT INTO members SELECT group_id FROM study_groups", {"members"}),
        ("UPDATE study_groups SET group_id = group_id", set()),
        ("SELECT * FROM study_groups", set()),
    ],
)
def test_ledger_says_what_was_written_each_time(ledger, sql, tables):
    assert written_by(ledger, sql) == tables
    assert written_by(ledger, "SELECT 1") == set()
    assert written_by(ledger, sql) == tables
    assert written_by(ledger, sql, "UPDATE members SET group_id = 3") == tables | {"members"}
