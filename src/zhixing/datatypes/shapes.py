"""Arrays are checked once, at birth, and made read-only."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from zhixing.errors import ShapeError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_ON_EDGE_M = 1e-6


def check_shapes(noun: object, **dims_by_field: str) -> None:
    """Check that the array fields of a noun fit each other, and make them read-only.

    Args:
        noun: A dataclass instance; the named fields hold arrays.
        dims_by_field: For each field its dimensions, blank-separated: a number is fixed, a word is a size that
            every use of the word must agree on.

    Raises:
        ShapeError: A field has another number of dimensions or another size than expected.

    Example:
        >>> from types import SimpleNamespace
        >>> check_shapes(SimpleNamespace(xy_m=np.zeros((3, 2)), valid=np.ones(4)), xy_m="n 2", valid="n")
        Traceback (most recent call last):
        zhixing.errors.ShapeError: SimpleNamespace.valid has shape (4,), expected (n=3)
    """
    sizes: dict[str, int] = {}
    for field, dims in dims_by_field.items():
        array = getattr(noun, field)
        names = _names(dims)
        expected = [int(name) if name.isdigit() else sizes.get(name) for name in names]
        shape = array.shape
        if len(shape) != len(names) or any(e is not None and e != s for e, s in zip(expected, shape, strict=True)):
            wanted = ", ".join(
                name if name.isdigit() or size is None else f"{name}={size}"
                for name, size in zip(names, expected, strict=True)
            )
            raise ShapeError(f"{type(noun).__name__}.{field} has shape {shape}, expected ({wanted})")
        sizes.update(zip(names, shape, strict=True))
        array.setflags(write=False)


@cache
def _names(dims: str) -> tuple[str, ...]:
    return tuple(dims.split())


def polyline_s_m(xy_m: FloatArray) -> FloatArray:
    """Return the distance along a polyline at each of its points.

    Args:
        xy_m: (points, 2) in any metric frame.

    Returns:
        (points,) starting at 0.

    Example:
        >>> polyline_s_m(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 6.0]])).tolist()
        [0.0, 5.0, 7.0]
    """
    steps_m = np.hypot(*np.diff(xy_m, axis=0).T)
    return np.concatenate(([0.0], np.cumsum(steps_m)))


def is_inside(xy_m: FloatArray, outline_xy_m: FloatArray) -> BoolArray:
    """Return (points,) which points lie inside a polygon or within a micrometre of its edge.

    Args:
        xy_m: (points, 2) in any metric frame.
        outline_xy_m: (corners, 2) in the same frame, closed from the last to the first.

    Example:
        >>> triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
        >>> is_inside(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), triangle).tolist()
        [True, True, False]
    """
    a, b = outline_xy_m, np.roll(outline_xy_m, -1, axis=0)
    x, y = xy_m[:, 0, None], xy_m[:, 1, None]
    passes = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(passes, b[:, 1] - a[:, 1], 1.0)
    at_x = a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    odd: BoolArray = (passes & (x < at_x)).sum(axis=1) % 2 == 1
    return odd | (edge_distance_m(xy_m, outline_xy_m) < _ON_EDGE_M)


def edge_distance_m(xy_m: FloatArray, outline_xy_m: FloatArray) -> FloatArray:
    """Return (points,) how far points are from the edge of a polygon, inside or outside; see :func:`is_inside`."""
    a = outline_xy_m
    along = np.roll(a, -1, axis=0) - a
    away = xy_m[:, None, :] - a
    share = np.clip((away * along).sum(axis=-1) / np.maximum((along**2).sum(axis=-1), 1e-12), 0.0, 1.0)
    nearest: FloatArray = np.hypot(*np.moveaxis(away - share[..., None] * along, -1, 0)).min(axis=1)
    return nearest
