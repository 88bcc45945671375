"""Values in words, for descriptions and tables."""

from __future__ import annotations

from typing import Any

import numpy as np


def in_words(value: Any, given: object = None) -> str:
    """Return a value, array, text or distribution as a table shows it."""
    if value is None:
        return "default"
    if value is given:
        return "given"
    if isinstance(value, (str, int, float, np.number)):
        return str(value)
    return f"array of {np.size(value)}" if isinstance(value, (list, tuple, np.ndarray)) else repr(value)
