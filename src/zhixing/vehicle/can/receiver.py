"""From frames to values: checks what protects a message, finds the signals' bits, doubts what cannot be.

A fully loaded bus brings thousands of frames a second of which most repeat what is known. So a payload that is the last
one again costs a comparison; of any other only mapped signals are looked at, and only those whose bits have changed are
turned into values. That a signal was heard again is told once a call of :meth:`Receiver.expire`, not once a frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from zhixing.datatypes.signal import Value
from zhixing.datatypes.units import NS_PER_S, ns_from_s
from zhixing.signals.values import is_allowed
from zhixing.vehicle.can.layout import BitField, MessageLayout
from zhixing.vehicle.can.protection import Judgement, Watch
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wire, Wiring

_MOST_MEANT = 4096
"""Values kept of a signal: all of up to 12 bits, some of a longer one; a car's few hundred take some 10 MB at most."""


class Sink(Protocol):
    """Whoever wants to know what the bus says."""

    def report(self, path: str, value: Value, time_ns: int) -> None:
        """Hear a value that is new, or that has been heard again."""
        ...

    def lose(self, paths: Sequence[str]) -> None:
        """Hear that signals are not known any more."""
        ...


class _Slot:
    """A mapped signal and what was last heard of it; plain slots, because they are looked at in every frame."""

    __slots__ = (
        "absent",
        "bits",
        "doubted_ns",
        "good_ns",
        "is_big",
        "mask",
        "meant",
        "path",
        "rate",
        "shift",
        "value",
        "wire",
    )

    def __init__(self, wire: Wire) -> None:
        field = wire.signal.field
        self.wire = wire
        self.path, self.rate = wire.path, wire.max_rate_per_s
        self.meant: dict[int, Value | None] = {}
        self.shift, self.mask, self.is_big = field.shift, field.mask, field.is_big_endian
        self.absent = -1 if wire.absent is None else wire.signal.bits_of(wire.absent)
        self.bits = -1
        self.value: Value | None = None
        self.good_ns = 0
        self.doubted_ns: int | None = None

    def mean(self, bits: int) -> Value | None:
        """Return the value of bits, None where they mean nothing; kept, because most come again and again."""
        value = self.wire.meaning.value_of(self.wire.signal.raw_of(bits))
        if value is not None and not is_allowed(self.wire.leaf, value):
            value = None
        if len(self.meant) < _MOST_MEANT:
            self.meant[bits] = value
        return value


class _Group:
    """Signals that come together: all of a message that the same multiplexer values select."""

    __slots__ = ("heard_ns", "is_lost", "selectors", "slots", "timeout_ns")

    def __init__(self, selectors: tuple[tuple[BitField, frozenset[int]], ...], timeout_ns: int | None) -> None:
        self.selectors = selectors
        self.slots: list[_Slot] = []
        self.timeout_ns = timeout_ns
        self.heard_ns: int | None = None
        self.is_lost = False


class _Incoming:
    __slots__ = ("groups", "is_doubted", "last", "layout", "present", "watch")

    def __init__(self, layout: MessageLayout) -> None:
        self.layout = layout
        self.groups: list[_Group] = []
        self.watch = Watch(layout.protection) if layout.protection else None
        self.last = b""
        self.present: list[_Group] = []
        self.is_doubted = False


class Receiver:
    """Turns the frames of one end of a bus into reports.

    Args:
        wires: What is listened for.
        wiring: When a message counts as silent.
        sink: Who is told.
        tally: Where it is counted.
    """

    def __init__(self, wires: Iterable[Wire], wiring: Wiring, sink: Sink, tally: Tally) -> None:
        self._sink = sink
        self._tally = tally
        self._by_key: dict[int, _Incoming] = {}
        for wire in wires:
            layout = wire.message
            incoming = self._by_key.setdefault(layout.key, _Incoming(layout))
            selectors = wire.signal.selectors
            group = next((group for group in incoming.groups if group.selectors == selectors), None)
            if group is None:
                group = _Group(selectors, _timeout_ns(layout, wiring, is_selected=bool(selectors)))
                incoming.groups.append(group)
            group.slots.append(_Slot(wire))
        self._groups = [(incoming, group) for incoming in self._by_key.values() for group in incoming.groups]
        self._fresh: dict[_Group, None] = {}
        self._min_ns = ns_from_s(wiring.min_timeout_s)

    def take(self, key: int, payload: bytes, time_ns: int) -> None:
        """Hear a data frame, whatever it holds.

        Args:
            key: As :func:`zhixing.vehicle.can.layout.frame_key` has it.
            payload: Its bytes.
            time_ns: When it came, by the clock of the sink.
        """
        self._tally.received += 1
        incoming = self._by_key.get(key)
        if incoming is None:
            self._tally.unmapped += 1
            return
        if len(payload) != incoming.layout.length_bytes:
            self._tally.wrong_length += 1
            return
        if incoming.watch is not None:
            judgement = incoming.watch.judge(payload)
            if judgement is not Judgement.FINE:
                if judgement is Judgement.WRONG_CHECKSUM:
                    self._tally.wrong_checksum += 1
                else:
                    self._tally.wrong_counter += 1
                return
        if payload == incoming.last and not incoming.is_doubted:
            for group in incoming.present:
                group.heard_ns = time_ns
                self._fresh[group] = None
            return
        self._read(incoming, payload, time_ns)

    def expire(self, now_ns: int) -> None:
        """Tell what has been heard again since the last call, and what has not been heard for too long."""
        for group in self._fresh:
            heard_ns = group.heard_ns or 0
            for slot in group.slots:
                if slot.value is not None and slot.doubted_ns is None:
                    self._sink.report(slot.path, slot.value, heard_ns)
        self._fresh.clear()
        num_alive = num_cyclic = 0
        for incoming, group in self._groups:
            timeout_ns = group.timeout_ns
            if incoming.is_doubted:
                self._forget(
                    [slot for slot in group.slots if _is_doubted_for(slot, timeout_ns or self._min_ns, now_ns)]
                )
            if timeout_ns is None:
                continue
            num_cyclic += group.heard_ns is not None
            if group.heard_ns is None or group.is_lost:
                continue
            if now_ns - group.heard_ns > timeout_ns:
                self._tally.timeouts += 1
                self._lose(incoming, group)
                continue
            num_alive += 1
        if num_cyclic and not num_alive:
            # What is sent on occasion has no time of its own to be silent for; on a dead bus it is not known either.
            self._lose_all(group for _, group in self._groups if group.timeout_ns is None)

    def lose_everything(self) -> None:
        """Say of every signal that it is not known any more: the bus is gone."""
        self._lose_all(group for _, group in self._groups)

    def _lose_all(self, groups: Iterable[_Group]) -> None:
        wanted = set(groups)
        for incoming, group in self._groups:
            if group in wanted and group.heard_ns is not None and not group.is_lost:
                self._lose(incoming, group)

    def _lose(self, incoming: _Incoming, group: _Group) -> None:
        group.is_lost = True
        incoming.last = b""
        if incoming.watch is not None and all(other.is_lost or other.heard_ns is None for other in incoming.groups):
            incoming.watch.forget()
        self._forget([slot for slot in group.slots if slot.value is not None])

    def _forget(self, slots: Sequence[_Slot]) -> None:
        for slot in slots:
            slot.bits, slot.value = -1, None
        if slots:
            self._sink.lose([slot.path for slot in slots])

    def _read(self, incoming: _Incoming, payload: bytes, time_ns: int) -> None:
        little, big = int.from_bytes(payload, "little"), int.from_bytes(payload, "big")
        incoming.last, incoming.present, incoming.is_doubted = payload, [], False
        for group in incoming.groups:
            if group.selectors and not all(
                ((big if field.is_big_endian else little) >> field.shift) & field.mask in values
                for field, values in group.selectors
            ):
                incoming.is_doubted |= any(slot.doubted_ns is not None for slot in group.slots)
                continue
            before_ns, group.heard_ns, group.is_lost = group.heard_ns, time_ns, False
            incoming.present.append(group)
            self._fresh[group] = None
            for slot in group.slots:
                bits = ((big if slot.is_big else little) >> slot.shift) & slot.mask
                if bits != slot.bits or slot.doubted_ns is not None:
                    self._look_at(slot, bits, time_ns, before_ns)
                    incoming.is_doubted |= slot.doubted_ns is not None

    def _look_at(self, slot: _Slot, bits: int, time_ns: int, before_ns: int | None) -> None:
        """Turn changed bits into a value, if it can be believed.

        Args:
            slot: The signal.
            bits: What the frame says.
            time_ns: When it came.
            before_ns: When the signal was heard before that.
        """
        if bits == slot.absent:
            slot.doubted_ns = None
            if slot.value is not None:
                self._forget([slot])
            slot.bits = bits
            return
        if slot.doubted_ns is None and before_ns is not None:
            slot.good_ns = before_ns
        value = slot.meant[bits] if bits in slot.meant else slot.mean(bits)
        if value is None or not (slot.rate is None or _can_reach(slot, slot.rate, value, time_ns)):
            self._tally.implausible += 1
            if slot.doubted_ns is None:
                slot.doubted_ns = time_ns
            return
        slot.bits, slot.value, slot.doubted_ns = bits, value, None
        self._sink.report(slot.path, value, time_ns)


def _can_reach(slot: _Slot, rate_per_s: float, value: Value, time_ns: int) -> bool:
    """Return whether a quantity can have come so far since it was last believed; frames come unevenly by a cycle."""
    before = slot.value
    if before is None or isinstance(value, str) or isinstance(before, str):
        return True
    cycle_s = slot.wire.message.cycle_s or 0.0
    return abs(value - before) <= rate_per_s * max(cycle_s, (time_ns - slot.good_ns) / NS_PER_S)


def _is_doubted_for(slot: _Slot, timeout_ns: int, now_ns: int) -> bool:
    return slot.value is not None and slot.doubted_ns is not None and now_ns - slot.doubted_ns > timeout_ns


def _timeout_ns(layout: MessageLayout, wiring: Wiring, *, is_selected: bool) -> int | None:
    if layout.cycle_s is None:
        return None
    turns = layout.num_variants if is_selected else 1
    return ns_from_s(max(wiring.min_timeout_s, wiring.timeout_cycles * layout.cycle_s * turns))
