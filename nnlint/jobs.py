"""Work that several processes share: items -> answers, as they come.

Alone imports multiprocessing and pickle. What is unpickled was pickled by this program's own
processes, and came through pipes that nobody else holds: no file, no network, no user.

There are pipes only, no queue, lock or thread: those need semaphores, which a sandbox may
not have. Each process has a few items in hand, so that no answers heap up. An item whose
answer does not come, because its process was killed or its answer can't be pickled, is
simply missing: whoever asked does it himself.
"""

from __future__ import annotations

import io
import multiprocessing
import pickle
import signal
import sys
from collections import deque
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, TypeVar

from nnlint import interrupts, stages
from nnlint.graph import Group, Node
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")

LARGEST = 16
"""Items that are handed over at once, at most."""
SHARES = 4
"""Portions that each process gets, at least: so that none waits long for the last."""
AHEAD = 2
"""Portions in hand: the next is there when one is done."""
MOST = 60
"""Processes at once: Windows can wait for no more."""
NOT_TO_BE_HAD = (OSError, AssertionError, RuntimeError, ValueError)
"""What starting a process raises where there can't be any."""


class _Worker(Record):
    """A process, and our end of the pipe to it."""

    process: BaseProcess
    pipe: Connection


def shared(
    items: Sequence[T], work: Callable[[T], R], processes: int
) -> Generator[tuple[int, R]]:
    """The answers as they come, each with the position of its item; some may be missing.

    Args:
        items: what is to be worked on.
        work: what is done with each; a function of a module, or a partial of one.
        processes: how many share it.
    """
    portions = deque(_portions(len(items), processes))
    crew: list[_Worker] = []
    try:
        crew.extend(_started(items, work, min(processes, len(portions), MOST)))
        yield from _gathered([one.pipe for one in crew], portions)
    finally:
        for one in crew:
            one.pipe.close()
            one.process.kill()  # it waits for more, or nobody waits for it
            one.process.join()


def _portions(count: int, processes: int) -> Iterator[range]:
    size = max(1, min(LARGEST, count // (processes * SHARES)))
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def _started(items: Sequence[T], work: Callable[[T], R], processes: int) -> Iterator[_Worker]:
    """As many processes as can be had; Ctrl-C is for this one, which ends them."""
    context = _context()
    with suppress(*NOT_TO_BE_HAD), interrupts.put_off():
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_labour, args=(theirs, ours, items, work), daemon=True
            )
            process.start()
            theirs.close()
            yield _Worker(process, ours)


def _context() -> ForkContext | SpawnContext:
    """A fork has everything loaded already; on macOS the system itself does not bear it."""
    if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin":
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _gathered(pipes: list[Connection], portions: deque[range]) -> Iterator[tuple[int, Any]]:
    """The answers; a process that is gone takes those with it that it has in hand."""
    in_hand = dict.fromkeys(pipes, 0)
    for pipe in pipes * AHEAD:
        _hand(pipe, portions, in_hand)
    while busy := [pipe for pipe, count in in_hand.items() if count]:
        ready = set(wait(busy))
        for pipe in (one for one in busy if one in ready):
            try:
                answer = pipe.recv_bytes()
            except (EOFError, OSError):
                in_hand[pipe] = 0
                continue
            in_hand[pipe] -= 1
            _hand(pipe, portions, in_hand)
            yield from _unpacked(answer)


def _hand(pipe: Connection, portions: deque[range], in_hand: dict[Connection, int]) -> None:
    """Give the process its next portion, if there is any."""
    if portions:
        with suppress(OSError):  # it is gone, which its answers tell
            pipe.send(portions.popleft())
            in_hand[pipe] += 1


def _labour(
    pipe: Connection, other_end: Connection, items: Sequence[T], work: Callable[[T], R]
) -> None:
    """What a process does: answer, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stages.unwatch()
    other_end.close()  # or this process would never see that the other is gone
    with suppress(EOFError, OSError):
        while True:
            portion = pipe.recv()
            pipe.send_bytes(_answered(portion, items, work))


def _answered(portion: range, items: Sequence[T], work: Callable[[T], R]) -> bytes:
    """The answers, packed; nothing where there are none: who asked will see why."""
    try:
        return _packed([(at, work(items[at])) for at in portion])
    except Exception:
        return b""


class _Packer(pickle.Pickler):
    """Pickles networks of any length.

    A layer refers to the next, that to the one after it: pickle would follow them deeper than
    any stack bears. So each goes as an empty shell first, and what it holds comes later.
    """

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.shells: list[Node | Group] = []
        self.dispatch_table = dict.fromkeys((Node, Group), self._shell)

    def _shell(self, linked: Node | Group) -> tuple[Any, ...]:
        self.shells.append(linked)
        return object.__new__, (type(linked),)


def _packed(answers: object) -> bytes:
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump(answers)
    while packer.shells:
        shells, packer.shells = packer.shells, []
        packer.dump([(one, vars(one)) for one in shells])
    packer.dump([])
    return file.getvalue()


def _unpacked(data: bytes) -> list[tuple[int, Any]]:
    """The answers, whole; nothing where they can't be had."""
    try:
        unpickler = pickle.Unpickler(io.BytesIO(data))  # noqa: S301 - our own, as said above
        answers: list[tuple[int, Any]] = unpickler.load()
        while filled := unpickler.load():
            for one, held in filled:
                vars(one).update(held)
    except Exception:
        return []
    return answers
