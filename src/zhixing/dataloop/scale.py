"""Work in pieces on a Ray cluster (``zhixing[scale]``); Ray itself does a lost piece again elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from zhixing.errors import ServiceError

_MOST_RETRIES = 3
_AT_ONCE = 1000
"""Pieces that are handed out and not done yet; more would fill the memory of the head."""
_Answer = TypeVar("_Answer")


def run_on_ray(
    address: str, work: Callable[..., _Answer], pieces: Sequence[tuple[Any, ...]]
) -> Iterator[_Answer]:  # fmt: skip
    """Yield the answers as they come, in any order.

    A piece whose worker dies is done again elsewhere, up to three times; the others do not notice.

    Args:
        address: ``ray://HOST:PORT``, or ``ray``: the cluster that runs here, or else one of this machine's cores.
        work: A function that the workers can import; it has to do the same if it is asked again.
        pieces: Its arguments, piece by piece.

    Raises:
        ServiceError: Ray is not installed, the cluster cannot be reached, or a piece was lost too often.
    """
    try:
        import ray  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ServiceError("Ray is not installed", hint="pip install zhixing[scale]") from error
    mine = not ray.is_initialized()
    try:
        if mine:
            ray.init(address=None if address == "ray" else address, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ServiceError(
            f"no Ray cluster answers at {address}: {error}", hint="Start one: ray start --head."
        ) from error
    try:
        remote = ray.remote(max_retries=_MOST_RETRIES)(work)
        waiting = list(pieces)
        running: list[Any] = []
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                running.append(remote.remote(*waiting.pop(0)))
            ready, running = ray.wait(running, num_returns=1)
            for one in ready:
                yield ray.get(one)
    except ray.exceptions.RayTaskError as error:
        raise error.as_instanceof_cause() from None
    except ray.exceptions.RayError as error:
        raise ServiceError(f"a piece of work was lost: {type(error).__name__}", hint="Run it again.") from error
    finally:
        if mine:
            ray.shutdown()
