"""Keeps databases as this release leaves them: ``python -m tests.releases 2026-11``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.releases.databases import make

with tempfile.TemporaryDirectory() as scratch:
    print(asyncio.run(make(sys.argv[1], Path(scratch))))  # noqa: T201 - it is for whoever runs it
