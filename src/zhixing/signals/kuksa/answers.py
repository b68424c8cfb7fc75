"""What goes wrong, in gRPC's words: the codes that the databroker gives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from zhixing.datatypes.signal import Refused
from zhixing.errors import (
    AccessError,
    InputError,
    NotWritableError,
    OutOfRangeError,
    ProvidedError,
    ServiceError,
    TrustError,
    UnknownSignalError,
    WrongTypeError,
    ZhixingError,
)
from zhixing.signals.kuksa.access import Caller, Gatekeeper
from zhixing.signals.store import NO_PROVIDER, OUT_OF_RANGE

Code = grpc.StatusCode

_CODES: tuple[tuple[type[ZhixingError], Any], ...] = (
    (UnknownSignalError, Code.NOT_FOUND),
    (ProvidedError, Code.ALREADY_EXISTS),
    (AccessError, Code.PERMISSION_DENIED),
    (TrustError, Code.UNAUTHENTICATED),
    (NotWritableError, Code.INVALID_ARGUMENT),
    (WrongTypeError, Code.INVALID_ARGUMENT),
    (OutOfRangeError, Code.INVALID_ARGUMENT),
    (InputError, Code.INVALID_ARGUMENT),
    (ServiceError, Code.RESOURCE_EXHAUSTED),
)
_HTTP = {
    Code.NOT_FOUND: (404, "not_found"),
    Code.ALREADY_EXISTS: (409, "already_exists"),
    Code.PERMISSION_DENIED: (403, "forbidden"),
    Code.UNAUTHENTICATED: (401, "unauthorized"),
    Code.UNAVAILABLE: (503, "unavailable"),
    Code.FAILED_PRECONDITION: (409, "failed_precondition"),
}


def code_of(error: ZhixingError) -> Any:
    """Return gRPC's code for an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), Code.INTERNAL)


def code_of_refusal(refused: Refused) -> Any:
    """Return gRPC's code for a refusal of the door: what a guard forbids now could be granted in another state."""
    return {OUT_OF_RANGE: Code.INVALID_ARGUMENT, NO_PROVIDER: Code.UNAVAILABLE}.get(
        refused.rule, Code.FAILED_PRECONDITION
    )


def words_of(error: ZhixingError | Refused) -> str:
    """Return the message: what is wrong, and what helps."""
    if isinstance(error, Refused):
        return f"{error.request.path}: {error.say.en} (rule {error.rule})"
    return f"{error}. {error.hint}".removesuffix(". ")


def http_of(code: Any) -> tuple[int, str]:
    """Return the number and the word that version 1 uses for a code."""
    return _HTTP.get(code, (400, "bad_request"))


@asynccontextmanager
async def answering(context: Any) -> AsyncIterator[None]:
    """End the call with gRPC's code where something of ours is raised."""
    try:
        yield
    except ZhixingError as error:
        await context.abort(code_of(error), words_of(error))


def caller_of(context: Any, gatekeeper: Gatekeeper) -> Caller:
    """Return who calls.

    Raises:
        TrustError: There is no valid token where one is needed.
    """
    headers = dict(context.invocation_metadata() or ())
    authorization = headers.get("authorization", "")
    return gatekeeper.caller(authorization if isinstance(authorization, str) else "", context.peer())


Who = Callable[[Any], Caller]
