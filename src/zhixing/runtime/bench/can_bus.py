"""What a fully loaded CAN bus costs: from python-can's bus to the store, as a share of one core."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

from zhixing.datatypes.signal import Value
from zhixing.runtime.bench.measure import Measure
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.store import SignalStore
from zhixing.vehicle.can.layout import EXTENDED
from zhixing.vehicle.can.opening import open_can_vehicle, open_line, open_wiring
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wire, Wiring

_WATCH_S = 5.0
_STEP_S = 0.02
_BURST_S = 0.002
_SEED = 7
_CRC15 = 0x4599  # ISO 11898-1


@dataclass(frozen=True, slots=True)
class CanLoad:
    """What a loaded bus has cost.

    Attributes:
        frames_per_s: How many frames a full bus has brought, by the wall.
        cpu_share: Of one core: everything but who fed the bus; reading, queueing, decoding, publishing.
        decode_share: Of one core: decoding and publishing alone.
        num_lost: Frames that were fed and not decoded.
    """

    frames_per_s: float
    cpu_share: float
    decode_share: float
    num_lost: int


def can_load(bitrate_bps: int = 500_000, watch_s: float | None = None) -> CanLoad:
    """Feed python-can's virtual bus as fast as a bit rate allows, and decode it into a store.

    The frames are the status messages of the example bus in the ratio of their cycles, quicker by one factor until the
    bus is full; every one carries new random values within its limits, checksums and counters. How long a frame takes
    is counted bit by bit, with its stuff bits. The feeder keeps to time in bursts of 2 ms.

    Args:
        bitrate_bps: Of the bus.
        watch_s: How long to measure; None is the suite's.

    Raises:
        ServiceError: cantools or python-can is not installed.
    """
    wiring = open_wiring(load_catalogue())
    watch_s = _WATCH_S if watch_s is None else watch_s
    frames = _frames(wiring, bitrate_bps, watch_s)
    store = SignalStore(load_catalogue(), load_guards(), time.monotonic_ns)
    channel = f"zhixing-load-{bitrate_bps}-{time.monotonic_ns()}"
    vehicle = open_can_vehicle(store, interface="virtual", channel=channel)
    feeder = _Feeder(frames, channel)
    try:
        cpu_s, wall_s, decode_s = time.process_time(), time.perf_counter(), 0.0
        feeder.start()
        while feeder.is_alive():
            time.sleep(_STEP_S)
            before_s = time.thread_time()
            vehicle.step(_STEP_S)
            decode_s += time.thread_time() - before_s
        wall_s = time.perf_counter() - wall_s
        vehicle.step(_STEP_S)
        cpu_s = time.process_time() - cpu_s - feeder.cpu_s
    finally:
        feeder.join()
        vehicle.close()
    num_read = vehicle.tally.received
    return CanLoad(num_read / wall_s, cpu_s / wall_s, decode_s / wall_s, len(frames) - num_read)


def can_bus() -> list[Measure]:
    """Measure a full bus of 500 kbit/s and one of 1 Mbit/s."""
    measures = []
    for bitrate_bps, name, target in ((500_000, "500 kbit/s", 25.0), (1_000_000, "1 Mbit/s", nan)):
        load = can_load(bitrate_bps)
        shares = (
            (f"read and decode a full bus of {name}", load.cpu_share, target),
            (f"of that, decode {name}", load.decode_share, nan),
        )
        measures += [
            Measure(name=f"a full bus of {name}", value=load.frames_per_s, unit="frames/s", more_is_better=True),
            *(Measure(name=what, value=100.0 * share, unit="% of a core", target=most) for what, share, most in shares),
            Measure(name=f"frames lost of {name}", value=float(load.num_lost), unit="frames", target=0.0),
        ]
    return measures


def frame_bits(key: int, payload: bytes) -> int:
    """Return how many bits a data frame takes on the wire, with stuff bits and the pause after it.

    Source:
        ISO 11898-1: start, identifier, control field, data and CRC are stuffed; CRC delimiter, acknowledgement, end of
        frame (7) and intermission (3) are not.

    Example:
        >>> frame_bits(0x555, bytes([0x55] * 8))
        112
    """
    is_extended, frame_id = bool(key & EXTENDED), key & ~EXTENDED
    head = f"0{frame_id >> 18:011b}11{frame_id & 0x3FFFF:018b}000" if is_extended else f"0{frame_id:011b}000"
    bits = head + f"{len(payload):04b}" + "".join(f"{octet:08b}" for octet in payload)
    crc = 0
    for bit in bits:
        crc = ((crc << 1) ^ (_CRC15 if (crc >> 14) ^ int(bit) else 0)) & 0x7FFF
    bits += f"{crc:015b}"
    stuffed, run, before = 0, 0, ""
    for bit in bits:
        run = run + 1 if bit == before else 1
        before = bit
        if run == 5:
            stuffed += 1
            before, run = ("1" if bit == "0" else "0"), 1
    return len(bits) + stuffed + 3 + 7 + 3


def _frames(wiring: Wiring, bitrate_bps: int, watch_s: float) -> list[tuple[float, int, bytes]]:
    """Return frames with their times in seconds, one right behind the other."""
    rng = random.Random(_SEED)
    wires: dict[str, list[Wire]] = {}
    for wire in wiring.status:
        wires.setdefault(wire.message.name, []).append(wire)
    now: dict[str, Value] = {}
    sent: list[tuple[int, bytes]] = []
    sender = Sender(wiring.status, now.get, lambda key, payload: sent.append((key, payload)))
    cycles_s = {name: some[0].message.cycle_s or 1.0 for name, some in wires.items()}
    due_s = dict(cycles_s)
    found: list[tuple[float, int, bytes]] = []
    at_s = 0.0
    while at_s < watch_s:
        name = min(due_s, key=due_s.__getitem__)
        due_s[name] += cycles_s[name]
        now.update({wire.path: value for wire in wires[name] if (value := _any_value(wire, rng)) is not None})
        sender.send_now(name)
        for key, payload in sent:
            at_s += frame_bits(key, payload) / bitrate_bps
            found.append((at_s, key, payload))
        sent.clear()
    return found


def _any_value(wire: Wire, rng: random.Random) -> Value | None:
    """Return a value that the bus can carry; one whose rate is limited stays where it is."""
    if wire.max_rate_per_s is not None:
        return wire.meaning.value_of(wire.signal.bits_of(wire.signal.raw_range[0]) or 0)
    tries: Sequence[Callable[[], int]] = (
        lambda: rng.randint(*wire.signal.raw_range),
        lambda: rng.randint(0, 100),
        lambda: rng.randint(0, 1),
    )
    for attempt in itertools.chain.from_iterable(itertools.repeat(tries, 8)):
        value = wire.meaning.value_of(attempt())
        if value is not None:
            return value
    return None


class _Feeder(threading.Thread):
    """Puts frames on a virtual bus when they are due; says what that has cost, so that it can be taken off."""

    def __init__(self, frames: Sequence[tuple[float, int, bytes]], channel: str) -> None:
        super().__init__(name="can feeder", daemon=True)
        self.cpu_s = 0.0
        self._line = open_line("virtual", channel, 0, Tally())
        self._frames = frames

    def run(self) -> None:
        began_s = time.perf_counter()
        for at_s, key, payload in self._frames:
            early_s = began_s + at_s - time.perf_counter()
            if early_s > _BURST_S:
                time.sleep(early_s)
            self._line.send(key, payload)
        self._line.close()
        self.cpu_s = time.thread_time()
