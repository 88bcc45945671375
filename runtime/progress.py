"""Progress of long runs, on terminals only."""

from __future__ import annotations

import sys
import time
from typing import Any

#: Seconds after which a run on a terminal shows its progress.
PROGRESS_AFTER = 2.0


class Progress:
    """A progress bar for runs that last; tqdm is imported when the bar appears.

    Parameters
    ----------
    steps : int
        Of the whole run.
    dt : float, ms
    """

    def __init__(self, steps: int, dt: float) -> None:
        self._steps = steps
        self._dt = dt
        self._begin = time.monotonic()
        self._before = 0
        self._bar: Any = None
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def start_at(self, steps: int) -> None:
        """Begin a segment after so many steps of the run."""
        self._before = steps

    def __call__(self, done: int) -> None:
        """Show that so many steps of the segment are done."""
        if not self._wanted or (self._bar is None and time.monotonic() - self._begin < PROGRESS_AFTER):
            return
        if self._bar is None:
            try:
                from tqdm import tqdm
            except ImportError:
                self._wanted = False
                return
            self._bar = tqdm(total=round(self._steps * self._dt, 3), unit="ms", desc="simulating", leave=False)
        self._bar.n = round((self._before + done) * self._dt, 3)
        self._bar.refresh()

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
