"""Runs nnlint under an audit hook, and says what it did that no linter should do.

A script and not a module: as for the command `nnlint`, the folder of the script is on
`sys.path`, and the working directory is not. It prints the offences as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
import sysconfig
from types import CodeType, FrameType

NEVER = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.startfile", "pty.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.",
    "telnetlib.", "webbrowser.", "pickle.", "ctypes.", "os.remove", "os.rename", "os.rmdir",
    "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.kill",
    "shutil.", "tempfile.", "sqlite3.", "os.putenv", "sys.setprofile", "sys.settrace",
    "code.__new__", "function.__new__",
)  # fmt: skip
"""Events by which a process reaches out, runs what is not its own, or changes files.

`marshal.loads` is none of them: Python itself reads every compiled module by it.
"""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
INSTALLED = tuple(
    os.path.realpath(path)
    for path in {*sysconfig.get_paths().values(), *sys.path[1:], sys.base_prefix}
    if path and path != os.path.realpath(os.curdir)
)
"""Where the files of Python, of nnlint and of its libraries lie."""

offences: set[str] = set()


def is_installed(path: str) -> bool:
    return path.startswith("<frozen ") or os.path.realpath(path).startswith(INSTALLED)


def is_importing(frame: FrameType | None) -> bool:
    """Whether a module of what is installed is being loaded.

    namedtuple and dataclasses write the code of their classes' methods themselves: that is
    theirs, as long as it happens while a module loads, before any spec has a say.
    """
    while frame:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap_external>":
            return True
        frame = frame.f_back
    return False


def runs_foreign_code(event: str, given: tuple[object, ...], frame: FrameType | None) -> bool:
    """Whether text becomes code, or code runs, that is in no installed file."""
    if event == "exec" and isinstance(given[0], CodeType):
        file = given[0].co_filename
    else:
        file = given[1] if event == "compile" and isinstance(given[1], str) else "<string>"
    return not (is_installed(file) or is_importing(frame) or is_of_attrs(file, frame))


def is_of_attrs(file: str, frame: FrameType | None) -> bool:
    """jsonschema makes a class when it makes a validator, and attrs writes its methods."""
    by = frame.f_code.co_filename if frame else ""
    made = file.startswith("<attrs generated methods jsonschema.")
    return made and is_installed(by) and by.endswith("_make.py")


def watch(event: str, given: tuple[object, ...]) -> None:
    made = event in ("exec", "compile") and runs_foreign_code(event, given, sys._getframe(1))
    if made or event.startswith(NEVER):
        offences.add(f"{event} {given!r}"[:200])
    elif event == "open" and isinstance(given[2], int) and given[2] & WRITES:
        offences.add(f"open for writing {given[0]!r}")


def tempt() -> None:
    """What must be noticed, or the hook proves nothing."""
    import pickle  # noqa: PLC0415 - nnlint must not find them loaded
    import socket  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    eval("1 + 1")
    exec(compile("1", "<spec>", "exec"))
    socket.socket().close()
    subprocess.run(["true"], check=False)
    pickle.loads(b"cos\ngetcwd\n.")
    os.close(os.open("written", os.O_WRONLY | os.O_CREAT))


def foreign_modules() -> list[str]:
    files = ((name, getattr(one, "__file__", None)) for name, one in sys.modules.items())
    return [name for name, file in files if file and not is_installed(file)]


if __name__ == "__main__":
    runs = json.loads(sys.argv[1])
    codes = []
    sys.addaudithook(watch)
    if runs == "tempt":
        tempt()
    else:
        from nnlint.cli import main

        codes = [main(argv, io.StringIO(), io.StringIO()) for argv in runs]
    told = {"codes": codes, "offences": sorted(offences)}
    told["modules"] = [one for one in foreign_modules() if one != "__main__"]
    print(json.dumps(told))  # noqa: T201
