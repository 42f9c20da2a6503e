"""Draws pictures in a process of its own: resvg holds the interpreter while it works."""

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from bot.core.maps import Chart
from bot.pictures.letters import font_files
from bot.pictures.map import svg_of

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds until an answer goes out without its picture."""
LEAST = 0.3
"""Seconds: with less left, none is begun."""
MOST_KEPT = 100
"""Pictures kept, some 80 KB each: many readers begin alike, and come back from where they went."""
LARGEST = 4_000_000
"""Bytes of a picture; what claims to be larger is none."""
WORKER = Path(__file__).with_name("worker.py")


class Studio:
    """Draws one picture at a time, and keeps the last ones. Its process begins with the first."""

    def __init__(self, patience: float = PATIENCE, worker: Path = WORKER) -> None:
        self._patience, self._worker = patience, worker
        self._kept = OrderedDict[Chart, bytes]()
        self._under_way: dict[Chart, asyncio.Future[bytes | None]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._has_drawn = self._is_closed = False
        self._thread = ThreadPoolExecutor(1, "pictures")

    async def draw(self, chart: Chart) -> bytes | None:
        """Return the picture as PNG; None if it can't be drawn, or not in time."""
        if chart in self._kept:
            self._kept.move_to_end(chart)
            return self._kept[chart]
        if self._is_closed:
            return None
        drawing = self._under_way.get(chart)
        if drawing is None:  # who asks for the same meanwhile waits for the same
            loop, ends_at = asyncio.get_running_loop(), time.monotonic() + self._patience
            drawing = loop.run_in_executor(self._thread, self._drawn, chart, ends_at)
            self._under_way[chart] = drawing
            drawing.add_done_callback(lambda _drawn: self._under_way.pop(chart, None))
        try:
            drawn = await asyncio.shield(drawing)
        except Exception:
            log.exception("a picture can't be drawn")
            return None
        if drawn:
            self._kept[chart] = drawn
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return drawn

    def close(self) -> None:
        """End the process; a picture under way is left undone."""
        self._is_closed = True
        if (process := self._process) is not None:
            process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drawn(self, chart: Chart, ends_at: float) -> bytes | None:
        svg = svg_of(chart).encode()
        for _attempt in range(2):  # a process that died while nobody asked is begun anew
            left = ends_at - time.monotonic()
            if left < LEAST or self._is_closed:
                log.warning("a picture waited too long to be drawn")
                return None
            process = self._running()
            stopping = threading.Timer(left, process.kill)
            stopping.start()
            try:
                drawn = _asked(process, svg)
            except OSError:
                drawn = b""  # its process is gone
            finally:
                stopping.cancel()
            if drawn:
                self._has_drawn = True
                return drawn
            self._end()
            log.warning("a picture can't be drawn: exit code %s", process.returncode)
            if not self._has_drawn and (process.returncode or 0) > 0:
                log.error("no picture will be drawn: maps are told in words until the next start")
                self._is_closed = True
                return None
        return None

    def _end(self) -> None:
        if (process := self._process) is not None:
            process.kill()
            process.communicate()
            self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            command = [sys.executable, "-P", str(self._worker), *map(str, font_files())]
            self._process = subprocess.Popen(  # noqa: S603 - our own file
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl+C is for the bot, which ends it
            )
        return self._process


def _asked(process: "subprocess.Popen[bytes]", svg: bytes) -> bytes:
    """Send the size of what follows in four bytes, then that; read the same. Empty: it failed."""
    if process.stdin is None or process.stdout is None:
        return b""
    process.stdin.write(len(svg).to_bytes(4, "big") + svg)
    process.stdin.flush()
    size = int.from_bytes(process.stdout.read(4), "big")
    drawn = process.stdout.read(size) if size <= LARGEST else b""
    return drawn if len(drawn) == size else b""
