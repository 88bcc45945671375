"""Progress of long runs: a bar on terminals, and reports to a function."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Seconds after which a run on a terminal shows its progress.
PROGRESS_AFTER = 2.0
#: Seconds between two reports.
REPORT_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is.

    Attributes
    ----------
    done, total : float, ms
        Simulated time of the run.
    seconds : float
        Since the run began.
    left : float
        Seconds to the end at this rate; infinite before the first step.
    """

    done: float
    total: float
    seconds: float
    left: float

    def __str__(self) -> str:
        return f"{self.done:g} of {self.total:g} ms in {self.seconds:.1f} s, {self.left:.1f} s left"


class Progress:
    """A progress bar for runs that last; tqdm is imported when the bar appears.

    Parameters
    ----------
    steps : int
        Of the whole run.
    dt : float, ms
    report : callable, optional
        Called about once a second, and at the end, with a `RunProgress`.
    """

    def __init__(self, steps: int, dt: float, report: Callable[[RunProgress], object] | None = None) -> None:
        self._report = report
        self._reported = time.monotonic()
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
        if self._report is not None and time.monotonic() - self._reported >= REPORT_EVERY:
            self.report(self._before + done)
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

    def report(self, done: int) -> None:
        """Report that so many steps of the run are done."""
        if self._report is None:
            return
        self._reported = time.monotonic()
        seconds = self._reported - self._begin
        left = seconds * (self._steps - done) / done if done else float("inf")
        self._report(RunProgress(done * self._dt, self._steps * self._dt, seconds, left))

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
