"""Pictures come from a process of their own; without one, what is said goes out alone."""

import asyncio
import time

import pytest

from bot.core.maps import Chart, Stop
from bot.pictures.studio import MOST_KEPT, Studio

CHART = Chart("Demo", "0 of 1", (Stop("BERT", "here"),), (("here", "next"),))


@pytest.fixture
def studio():
    with Studio() as made:
        yield made


@pytest.fixture
def with_worker(tmp_path):
    """Return a studio whose process runs this instead."""
    made = []

    def of(source, patience=0.5):
        path = tmp_path / "worker.py"
        path.write_text(source)
        made.append(Studio(patience, path))
        return made[-1]

    yield of
    for each in made:
        each.close()


async def test_a_picture_is_a_png(studio):
    assert (await studio.draw(CHART)).startswith(b"\x89PNG")


async def test_what_was_drawn_is_kept(studio):
    first = await studio.draw(CHART)

    studio.close()  # it draws nothing more
    assert await studio.draw(CHART) is first


async def test_the_oldest_is_forgotten(studio):
    for n in range(MOST_KEPT + 1):
        await studio.draw(Chart(str(n), "", (), ()))

    studio.close()
    assert await studio.draw(Chart("0", "", (), ())) is None
    assert await studio.draw(Chart("1", "", (), ()))


async def test_a_slow_picture_is_given_up(with_worker, caplog):
    slow = with_worker("import time; time.sleep(60)", patience=0.6)
    begun = time.monotonic()

    assert await slow.draw(CHART) is None
    assert time.monotonic() - begun < 10
    assert "a picture can't be drawn" in caplog.text


async def test_a_process_that_died_is_begun_anew(studio):
    await studio.draw(CHART)
    studio._process.kill()  # noqa: SLF001 - as the machine might
    studio._process.wait()  # noqa: SLF001

    assert (await studio.draw(Chart("two", "", (), ()))).startswith(b"\x89PNG")


async def test_who_asks_for_the_same_waits_for_the_same(studio):
    drawn = await asyncio.gather(*(studio.draw(CHART) for _ in range(50)))

    assert all(each is drawn[0] for each in drawn)


async def test_a_process_that_cannot_begin_is_told_of_once(with_worker, caplog):
    broken = with_worker("raise SystemExit(3)", patience=20)

    assert await broken.draw(CHART) is None
    assert await broken.draw(Chart("two", "", (), ())) is None
    assert caplog.text.count("no picture will be drawn") == 1


async def test_what_a_process_prints_is_no_picture(with_worker):
    noisy = with_worker("while True: print('x' * 10_000)", patience=1)

    assert await noisy.draw(CHART) is None


async def test_who_waits_too_long_goes_without(with_worker, caplog):
    slow = with_worker("import time; time.sleep(60)", patience=0.6)

    drawn = await asyncio.gather(*(slow.draw(Chart(str(n), "", (), ())) for n in range(4)))

    assert drawn == [None] * 4
    assert "waited too long" in caplog.text


async def test_what_cannot_be_drawn_fails_alone(studio, caplog):
    broken = Chart("Demo", "", (Stop("BERT", "no such look"),), ())

    assert await studio.draw(broken) is None
    assert await studio.draw(CHART)
    assert "KeyError" in caplog.text


async def test_the_process_ends_with_the_bot(studio):
    await studio.draw(CHART)
    process = studio._process  # noqa: SLF001

    studio.close()

    assert process.returncode is not None
    assert await studio.draw(Chart("two", "", (), ())) is None
