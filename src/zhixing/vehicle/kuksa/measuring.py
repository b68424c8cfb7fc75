"""What a subscriber gets of a broker: signals a second, and how old they are when they come. For benchmarks."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from kuksa.val.v2 import val_pb2, val_pb2_grpc

_SETTLE_S = 1.0


@dataclass(slots=True)
class Heard:
    """What one subscriber has heard.

    Attributes:
        num_updates: Values.
        num_messages: Responses, each with one value or many.
        ages_ms: Of the values of the clock signal, where one was given: from publishing to hearing.
    """

    num_updates: int = 0
    num_messages: int = 0
    ages_ms: list[float] = field(default_factory=list)


def listen(address: str, paths: Sequence[str], duration_s: float, num_subscribers: int, clock: str = "") -> list[Heard]:
    """Subscribe several times and return what each has heard.

    Args:
        address: Host and port of a broker on this machine.
        paths: Signals.
        duration_s: How long.
        num_subscribers: How many, each with a connection and a thread of its own.
        clock: A signal whose value is ``time.monotonic`` of when it was published, empty for none.
    """
    results = [Heard() for _ in range(num_subscribers)]
    everybody = threading.Barrier(num_subscribers)

    def run(heard: Heard) -> None:
        with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
            request = val_pb2.SubscribeRequest(signal_paths=paths)
            stream = val_pb2_grpc.VALStub(channel).Subscribe(request)
            next(stream)
            everybody.wait()
            begin_s = time.monotonic() + _SETTLE_S  # what was buffered while others connected does not count
            for response in stream:
                now_s = time.monotonic()
                if now_s > begin_s + duration_s:
                    break
                if now_s < begin_s:
                    continue
                _count(heard, response, now_s, clock)
            stream.cancel()

    threads = [threading.Thread(target=run, args=(heard,), daemon=True) for heard in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(duration_s + 20.0)
    return results


def listen_to(address: str, paths: Sequence[str], num_updates: int) -> None:
    """Subscribe until so many values have come, beside another subscriber that never takes any."""
    with grpc.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        stub = val_pb2_grpc.VALStub(channel)
        sleeper = stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=paths))
        stream = stub.Subscribe(val_pb2.SubscribeRequest(signal_paths=paths))
        heard = 0
        for response in stream:
            heard += len(response.entries)
            if heard >= num_updates:
                break
        stream.cancel()
        sleeper.cancel()


def _count(heard: Heard, response: Any, now_s: float, clock: str) -> None:
    heard.num_messages += 1
    heard.num_updates += len(response.entries)
    if clock and clock in response.entries:
        heard.ages_ms.append(1000.0 * (now_s - response.entries[clock].value.double))
