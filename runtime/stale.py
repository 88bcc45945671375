"""An engine that is older than its sources, as after `git pull` in an editable installation, is refused."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from .problems import RuntimeProblem

#: The files that the engine is made of (setup.py lists the same).
PATTERNS = ("engine*.c", "connect*.c", "*.h", "*.pyx", "*.pxi")


def digest(folder: Path) -> str:
    """Return what identifies the sources of the engine in a folder, "" where there are none."""
    files = sorted(path for pattern in PATTERNS for path in folder.glob(pattern))
    if not any(path.name == "_bridge.pyx" for path in files):
        return ""  # installed from a wheel
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


@functools.cache
def check_engine() -> None:
    """Raise where the compiled engine does not belong to the Python sources beside it.

    Raises
    ------
    RuntimeProblem
    """
    from . import _bridge

    built, here = getattr(_bridge, "SOURCES", "none"), digest(Path(__file__).parent / "engine")
    if here and built != here:
        raise RuntimeProblem(
            "The compiled engine is older than the source files beside it.",
            "build it again: pip install -e .   (or: python setup.py build_ext --inplace)",
        )
