"""The protocol: `show NETWORK` prints its summary, `time NETWORK TIMES` what that takes."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def answer(
    networks: Mapping[str, Callable[[], Any]],
    summary: Callable[[Any], str],
    params: Callable[[Any], int],
    versions: Mapping[str, str],
) -> None:
    """Do what argv says."""
    mode, name, *times = sys.argv[1:]
    if mode == "show":
        print(summary(networks[name]()))
        return
    network = networks[name]()
    summary(network)
    timed = [once(networks[name], summary) for _ in range(int(times[0]))]
    print(json.dumps({"params": params(network), "versions": dict(versions), "timed": timed}))


def once(build: Callable[[], Any], summary: Callable[[Any], str]) -> tuple[float, float]:
    """Seconds to make the network, and to sum it up."""
    begin = time.perf_counter()
    network = build()
    built = time.perf_counter()
    summary(network)
    return built - begin, time.perf_counter() - built
