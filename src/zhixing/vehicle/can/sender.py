"""From values to frames: packs messages, counts them up, seals them and sends them in their cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import ns_from_s
from zhixing.vehicle.can.layout import BitField, MessageLayout, Raw
from zhixing.vehicle.can.protection import seal
from zhixing.vehicle.can.wiring import Wire

Selectors = tuple[tuple[BitField, frozenset[int]], ...]


class _Outgoing:
    """A message that is sent: its wires by what selects them, and where its counters are."""

    __slots__ = ("count", "due_ns", "layout", "turn", "variants")

    def __init__(self, layout: MessageLayout, wires: Iterable[Wire]) -> None:
        self.layout = layout
        by_selectors: dict[Selectors, list[Wire]] = {}
        for wire in wires:
            by_selectors.setdefault(wire.signal.selectors, []).append(wire)
        always = by_selectors.pop((), [])
        self.variants = [(selectors, always + some) for selectors, some in by_selectors.items()] or [((), always)]
        self.turn = 0
        self.count = 0
        self.due_ns: int | None = None


class Sender:
    """Sends one end's messages.

    A counter is alive only as long as :meth:`step` is called: what hangs must not look alive to the other end. So
    frames are sent by the caller's thread and never by one of their own.

    Args:
        wires: What can be sent.
        value_of: What to send for a path now; None is the wire's ``absent``, or the DBC's start value without one.
        send: Puts a frame on the bus: key and payload.
        only_whole: Send no message of which something is not known and has no ``absent``.
    """

    def __init__(
        self,
        wires: Iterable[Wire],
        value_of: Callable[[str], Value | None],
        send: Callable[[int, bytes], None],
        *,
        only_whole: bool = False,
    ) -> None:
        self._only_whole = only_whole
        self._value_of = value_of
        self._send = send
        by_message: dict[str, list[Wire]] = {}
        for wire in wires:
            by_message.setdefault(wire.message.name, []).append(wire)
        self._outgoing = {name: _Outgoing(some[0].message, some) for name, some in by_message.items()}

    def step(self, now_ns: int) -> None:
        """Send what is due by its cycle, each message at most once: what is late is not made up for."""
        for outgoing in self._outgoing.values():
            cycle_s = outgoing.layout.cycle_s
            if cycle_s is None or (outgoing.due_ns is not None and now_ns < outgoing.due_ns):
                continue
            cycle_ns = ns_from_s(cycle_s)
            next_ns = (now_ns if outgoing.due_ns is None else outgoing.due_ns) + cycle_ns
            outgoing.due_ns = next_ns if next_ns > now_ns else now_ns + cycle_ns
            self._send_next(outgoing)

    def send_now(self, message: str) -> None:
        """Send a message at once: every variant of it, where multiplexers have it take turns."""
        outgoing = self._outgoing[message]
        for _ in outgoing.variants:
            self._send_next(outgoing)

    def _send_next(self, outgoing: _Outgoing) -> None:
        selectors, wires = outgoing.variants[outgoing.turn]
        outgoing.turn = (outgoing.turn + 1) % len(outgoing.variants)
        payload = self._start(outgoing.layout, selectors)
        for field, values in selectors:
            payload = field.write(payload, min(values))
        raws = {wire.path: self._raw(wire) for wire in wires}
        if self._only_whole and None in raws.values():
            return  # what is not known, and has no number that says so, would be asked to change
        for wire in wires:
            raw = raws[wire.path]
            bits = None if raw is None else wire.signal.bits_of(raw)
            if bits is not None:
                payload = wire.signal.field.write(payload, bits)
        protection = outgoing.layout.protection
        if protection is not None:
            payload = seal(protection, payload, outgoing.count)
            outgoing.count = (outgoing.count + 1) % protection.num_counts
        self._send(outgoing.layout.key, payload)

    def _raw(self, wire: Wire) -> Raw | None:
        value = self._value_of(wire.path)
        raw = None if value is None else wire.meaning.raw_of(value)
        return wire.absent if raw is None else raw

    def _start(self, layout: MessageLayout, selectors: Selectors) -> bytes:
        payload = bytes(layout.length_bytes)
        for signal in layout.signals.values():
            bits = signal.bits_of(signal.start)
            if bits and (not signal.selectors or signal.selectors == selectors):
                payload = signal.field.write(payload, bits)
        return payload
