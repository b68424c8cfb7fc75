"""Who took what out of an archive: records that are chained by their hashes, so that none can be changed unnoticed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from zhixing.dataloop.archive.keys import canonical, key_of
from zhixing.dataloop.archive.storage import Storage
from zhixing.errors import TrustError

_FIRST = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One request to take drives out, granted or refused.

    Attributes:
        number: From 1.
        when: UTC, ISO 8601.
        who: Who asked.
        what_for: Why, as they said.
        to: Where the drives went or should have gone.
        region: Region they go to.
        drives: Keys of those that went.
        refused: Key of each that did not, with the reason.
        before: Hash of the record before.
    """

    number: int
    when: str
    who: str
    what_for: str
    to: str
    region: str
    drives: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    before: str

    @property
    def digest(self) -> str:
        """Hash of the record."""
        return key_of(canonical(asdict(self)))


def read_audit(storage: Storage) -> list[AuditRecord]:
    """Return all records, in order.

    Raises:
        TrustError: One is missing, or was changed.
    """
    records: list[AuditRecord] = []
    before = _FIRST
    for place, name in enumerate(storage.names("audit"), start=1):
        record = _record(storage.read(name), name)
        if record.number != place or record.before != before or name != _name(record):
            raise TrustError(f"{name} does not follow the record before it", hint="Somebody changed the audit log.")
        records.append(record)
        before = record.digest
    return records


def note(storage: Storage, **said: Any) -> AuditRecord:  # noqa: ANN401  # the fields of a record
    """Add a record after the last and return it.

    Raises:
        TrustError: The records so far do not hold together.
        RecordingError: It cannot be written.
    """
    records = read_audit(storage)
    record = AuditRecord(number=len(records) + 1, before=records[-1].digest if records else _FIRST, **said)
    storage.write(_name(record), canonical(asdict(record)).encode())
    return record


def _name(record: AuditRecord) -> str:
    return f"audit/{record.number:08d}-{record.digest}.json"


def _record(data: bytes, name: str) -> AuditRecord:
    try:
        said = json.loads(data)
        said["drives"] = tuple(said["drives"])
        said["refused"] = tuple((str(key), str(why)) for key, why in said["refused"])
        return AuditRecord(**said)
    except (ValueError, KeyError, TypeError) as error:
        raise TrustError(f"{name} is no record of the audit log", hint="Somebody changed the audit log.") from error
