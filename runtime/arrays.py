"""Memory for state: aligned and padded arrays, and the read-only copies that users get of some of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._bridge import aligned_empty
from .problems import ValueProblem

#: Elements of one block: populations are padded to a multiple of it, a shared value fills one.
BLOCK = 64


def padded(n: int) -> int:
    """Return `n` rounded up to a multiple of the block (at least one block)."""
    return max(1, -(-n // BLOCK)) * BLOCK


def aligned_zeros(n: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return `n` zeros at an address that is a multiple of 64 bytes."""
    out = aligned_empty(n, dtype)
    out[...] = 0
    return out


def aligned_copy(values: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """Return a flat aligned copy of `values`."""
    flat = np.asarray(values).reshape(-1)
    out = aligned_empty(flat.size, dtype)
    out[:] = flat
    return out


def refill_padding(data: NDArray[Any], n: int) -> None:
    """Repeat the last of the first `n` elements in the padding."""
    if 0 < n < data.size:
        data[n:] = data[n - 1]


class ReadOnlyArray(np.ndarray[Any, Any]):
    """A copy of state whose elements refuse assignment, while ``obj.x += 1`` still works.

    In-place operators return a new plain array, which Python then assigns to the attribute; results of
    other operations are ordinary arrays.
    """

    def __setitem__(self, key: Any, value: Any) -> None:
        if not self.flags.writeable:
            raise ValueProblem(
                "This is a copy of the values, so assigning to its elements would change nothing.",
                help="change a copy and assign it whole: x = obj.attribute.copy(); x[0] = 1; obj.attribute = x",
            )
        super().__setitem__(key, value)

    def __array_wrap__(self, array: NDArray[Any], context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar or array.ndim == 0 else np.asarray(array)

    def copy(self, order: Any = "C") -> Any:
        """Return a writable ordinary array."""
        return np.array(self, order=order)


def _in_place(operation: np.ufunc) -> Any:
    def method(self: ReadOnlyArray, other: Any) -> Any:
        if self.flags.writeable:
            return operation(self, other, out=(self,))
        return operation(np.asarray(self), other)

    return method


for _name, _operation in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "floordiv": np.floor_divide,
    "mod": np.remainder, "pow": np.power, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
    "lshift": np.left_shift, "rshift": np.right_shift,
}.items():  # fmt: skip
    setattr(ReadOnlyArray, f"__i{_name}__", _in_place(_operation))


def read_only(values: NDArray[Any]) -> ReadOnlyArray:
    """Return a read-only copy of `values`."""
    copy = np.array(values).view(ReadOnlyArray)
    copy.flags.writeable = False
    return copy
