"""Every error that Zhixing raises on purpose, in one tree.

::

    ZhixingError                      exit code 1
    ├── InputError                    exit code 2: the caller must fix something
    │   ├── ConfigError               a setting is unknown or out of range
    │   ├── ShapeError                arrays that belong together do not fit
    │   ├── MapError                  a map cannot be read or driven on
    │   ├── ScenarioError             a driving task cannot be read or started
    │   ├── RecordingError            a recording cannot be read or written
    │   ├── PhraseError               a phrase file does not say what it means
    │   └── QueryError                a query cannot be meant, or is too large to be run
    │       └── InterruptedQueryError a search was stopped before its end
    ├── SignalError                   exit code 3: a signal was used against its catalogue
    │   ├── UnknownSignalError        no such path
    │   ├── NotWritableError          a sensor or attribute was asked to change
    │   ├── WrongTypeError            the value is not of the signal's data type
    │   ├── OutOfRangeError           a provider published a value outside the signal's limits
    │   └── ProvidedError             a signal is somebody else's to report
    ├── PluginError                   exit code 4: an extension is missing or broke its contract
    ├── TrustError                    exit code 5: a signature, digest or version did not verify
    │   └── AccessError               a caller may not do what it asks for
    └── ServiceError                  exit code 6: this machine cannot give what is needed (a port, a library)

An expected "no" is not an error but a value: :class:`zhixing.datatypes.signal.Refused`.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AccessError",
    "ConfigError",
    "InputError",
    "InterruptedQueryError",
    "MapError",
    "NotWritableError",
    "OutOfRangeError",
    "PhraseError",
    "PluginError",
    "ProvidedError",
    "QueryError",
    "RecordingError",
    "ScenarioError",
    "ServiceError",
    "ShapeError",
    "SignalError",
    "TrustError",
    "UnknownSignalError",
    "WrongTypeError",
    "ZhixingError",
]


_LONGEST = 400


class ZhixingError(Exception):
    """Something Zhixing can name went wrong.

    Args:
        message: What happened, with the offending value.
        hint: One imperative sentence that tells how to go on, or an empty string.

    Example:
        >>> error = ConfigError("port 70000 does not exist", hint="Choose a port from 1 to 65535.")
        >>> error.exit_code, str(error), error.hint
        (2, 'port 70000 does not exist', 'Choose a port from 1 to 65535.')
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        # What a stranger's file holds may be of any length; a message is one line.
        super().__init__(message if len(message) <= _LONGEST else f"{message[: _LONGEST - 2]} …")
        self.hint = hint


class InputError(ZhixingError):
    """The caller gave something that cannot be used as it is."""

    exit_code = 2


class ConfigError(InputError):
    """A setting is unknown or out of range."""


class ShapeError(InputError):
    """Arrays that belong together do not fit."""


class MapError(InputError):
    """A map cannot be read or driven on."""


class ScenarioError(InputError):
    """A driving task cannot be read or started."""


class RecordingError(InputError):
    """A recording cannot be read or written."""


class PhraseError(InputError):
    """A phrase file does not say what it means."""


class QueryError(InputError):
    """A query cannot be meant, or is too large to be run."""


class InterruptedQueryError(QueryError):
    """A search was stopped before its end."""


class SignalError(ZhixingError):
    """A signal was used against its catalogue."""

    exit_code = 3


class UnknownSignalError(SignalError):
    """No signal has this path."""


class NotWritableError(SignalError):
    """A sensor or attribute was asked to change."""


class WrongTypeError(SignalError):
    """A value is not of the signal's data type."""


class OutOfRangeError(SignalError):
    """A provider published a value outside the signal's limits."""


class ProvidedError(SignalError):
    """A signal is somebody else's to report."""


class PluginError(ZhixingError):
    """An extension is missing or broke its contract."""

    exit_code = 4


class TrustError(ZhixingError):
    """A signature, digest or version did not verify."""

    exit_code = 5


class AccessError(TrustError):
    """A caller may not do what it asks for."""


class ServiceError(ZhixingError):
    """This machine cannot give what is needed: a free port, a library, a file system that can be written."""

    exit_code = 6
