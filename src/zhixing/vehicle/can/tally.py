"""What has come over a bus, and what of it could not be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Counts since the start; they only go up.

    Attributes:
        received: Frames that were looked at.
        unmapped: Frames that no entry of the mapping is about.
        not_data: Remote and error frames.
        wrong_length: Frames whose length is not the DBC's.
        wrong_checksum: Frames that are not what their sender meant.
        wrong_counter: Frames that came before, or after too many were lost.
        implausible: Values outside the limits of DBC or VSS, or that no such thing can reach so fast.
        dropped: Frames that nobody fetched in time; the oldest go first.
        timeouts: How often a message fell silent.
        sent: Frames that were sent.
        unsent: Frames that the bus did not take.
        unsendable: Wishes that the bus has no number for.
        unanswered: Wishes that were repeated until the time for it was over.
        bus_failures: How often the bus was lost or could not be opened again.
    """

    received: int = 0
    unmapped: int = 0
    not_data: int = 0
    wrong_length: int = 0
    wrong_checksum: int = 0
    wrong_counter: int = 0
    implausible: int = 0
    dropped: int = 0
    timeouts: int = 0
    sent: int = 0
    unsent: int = 0
    unsendable: int = 0
    unanswered: int = 0
    bus_failures: int = 0
