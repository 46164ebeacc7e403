"""What stands where a file should: links, pipes, devices, and what changes meanwhile."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hostile.case import MARK, Case, clean, holding, raw, refused
from tests.hostile.meanwhile import GOOD

if TYPE_CHECKING:
    from tests.hostile.case import Put

PARAMS = 20
"""Of `GOOD`."""
MISSING = "no such file or directory"
IRREGULAR = "not a regular file"
NO_SPEC = "not a spec: no line begins with `nnlint:`"


def put_link(target: str) -> Put:
    return lambda path: path.symlink_to(target)


def put_loop(path: Path) -> None:
    path.symlink_to("other.yaml")
    path.with_name("other.yaml").symlink_to(path.name)


def put_folder_with_a_loop(path: Path) -> None:
    folder = path.with_name("folder")
    folder.mkdir()
    (folder / "a.yaml").write_text(GOOD)
    (folder / "again").symlink_to(folder)
    path.symlink_to("folder")


def put_folder(path: Path) -> None:
    path.mkdir()
    for name in "abc":
        (path / f"{name}.yaml").write_text(GOOD)


def put_pipe_with_writer(path: Path) -> int:
    """The descriptor keeps it open until the run is over."""
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.write(descriptor, GOOD.encode())
    return descriptor


def put_socket(path: Path) -> None:
    """The name of a socket may have 108 bytes; once it is there, it can be moved."""
    with tempfile.TemporaryDirectory(dir=path.parent.parent, prefix="s") as folder:
        short = os.path.relpath(folder)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(f"{short}/s")
        Path(short, "s").rename(path)


def put_denied(path: Path) -> None:
    path.write_text(GOOD)
    path.chmod(0)


def put_sparse(size: int) -> Put:
    def put(path: Path) -> None:
        path.write_text(MARK)
        os.truncate(path, size)

    return put


def device(name: str, words: str) -> tuple[Case, ...]:
    """Named outright, and by a link that looks like a spec."""
    if not Path(name).exists():
        return ()
    return (
        refused(f"{name} itself", words, lambda _: None, path=name),
        refused(f"{name} by a link", words, put_link(name)),
    )


def changing(meanwhile: str, case: Case) -> Case:
    return case._replace(name=meanwhile, meanwhile=meanwhile)


CASES = (
    refused("missing", MISSING, lambda _: None),
    refused("denied", "permission denied", put_denied, meanwhile="opening: be_denied"),
    refused("folder called like a spec", "no .yaml or .yml file in this folder", Path.mkdir),
    refused("dangling link", MISSING, put_link("nowhere")),
    refused("looping links", "too many levels of symbolic links", put_loop),
    refused("link to itself", "too many levels of symbolic links", put_link("hostile.yaml")),
    Case("link to a folder with a loop", put_folder_with_a_loop, 0, (), params=PARAMS),
    refused("pipe", IRREGULAR, os.mkfifo),
    refused("pipe with a writer", IRREGULAR, put_pipe_with_writer, holds_open=True),
    refused("socket", "no such device or address", put_socket),
    refused("a name without end", "file name too long", lambda _: None, path="x" * 5000),
    refused("a path without end", "file name too long", lambda _: None, path="x/" * 5000),
    refused("a name with a NUL", "no file can have that name", lambda _: None, path="a\0b"),
    refused("no name", "an empty path", lambda _: None, path=""),
    *device("/dev/zero", IRREGULAR),
    *device("/dev/null", IRREGULAR),
    *device("/dev/full", IRREGULAR),
    *device("/dev/urandom", IRREGULAR),
    *device("/proc/self/mem", "input/output error"),
    *device("/proc/version", NO_SPEC),  # it says that it has 0 bytes, and has some
    *device("/sys/kernel/mm/transparent_hugepage/enabled", NO_SPEC),  # it says 4096
    Case("100 MB", put_sparse(100_000_000), 1, ("NN014",), (1, 1)),
    Case("1 TB", put_sparse(10**12), 1, ("NN014",), (1, 1)),
    Case("one byte too large", put_sparse(8 * 2**20 + 1), 1, ("NN014",), (1, 1)),
    # what a file is stretched by reads as NULs
    Case("as large as may be", put_sparse(8 * 2**20), 1, ("NN003",), (3, 1)),
    raw("as large as may be, of text", "NN101",
        f"{MARK}layers: x #".encode().ljust(8 * 2**20, b"x"), 3, 9),
    changing("opening: vanish", refused("", MISSING, holding(GOOD))),
    changing("opening: become_a_folder", refused("", "is a directory", holding(GOOD))),
    changing("opening: become_a_pipe", refused("", IRREGULAR, holding(GOOD))),
    changing("opening: become_a_device", refused("", IRREGULAR, holding(GOOD))),
    changing("opening: be_replaced", raw("", "NN003", GOOD.encode(), 2, 1)),
    changing("reading: be_replaced", clean("", GOOD, PARAMS)),
    changing("reading: vanish", clean("", GOOD, PARAMS)),
    changing("reading: grow", raw("", "NN014", GOOD.encode(), 1, 1)),
    changing("reading: shrink", raw("", "NN002", GOOD.encode(), 2, 1)),
    refused("opening: folder_vanishes", MISSING, put_folder, path="hostile",
            meanwhile="opening: folder_vanishes"),
)  # fmt: skip
