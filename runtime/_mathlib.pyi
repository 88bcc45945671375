from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

def call(name: str, *arrays: ArrayLike) -> NDArray[Any]: ...
def draw(
    kind: str,
    key: int,
    c0: ArrayLike,
    c1: ArrayLike,
    step: int,
    *args: ArrayLike,
    precision: str = "double",
) -> NDArray[Any]: ...
def philox(key: int, counter: Sequence[int]) -> NDArray[np.uint32]: ...
def propagator(a: ArrayLike, dt: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
