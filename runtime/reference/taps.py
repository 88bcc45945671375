"""Recorders of synapses on the interpreter: copies of values before and after event code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import SynapseRecorder, SynapticStep
from .continuous import synaptic_step
from .kernel import BoundKernel
from .ops import Array


class Tap:
    """What one recorder of synapses has seen.

    Parameters
    ----------
    recorder : SynapseRecorder
    kernel : BoundKernel, optional
        What computes the value of a synapse that is not stored.
    step : SynapticStep, optional
        Of this kernel.
    """

    def __init__(self, recorder: SynapseRecorder, kernel: BoundKernel | None, step: SynapticStep | None) -> None:
        self.recorder = recorder
        self._kernel = kernel
        self._step = step
        self._kept: list[tuple[NDArray[Any], ...]] = []

    def look(self, k: int, pre: Array, post: Array, synapse: Array, before: bool) -> None:
        """Keep the values at some synapses, in this order."""
        wanted = self.recorder
        if wanted.before != before:
            return
        if wanted.select is not None:
            chosen = wanted.select[synapse] != 0
            pre, post, synapse = pre[chosen], post[chosen], synapse[chosen]
        if self._kernel is not None and self._step is not None and synapse.size:
            segments = np.stack([synapse, synapse + 1, pre], axis=1).astype(np.int64).reshape(-1)
            synaptic_step(self._kernel, SynapticStep(self._step.program, segments, self._step.target, 0), k)
        at = {"synapse": synapse, "post": post, "all": np.zeros(synapse.size, np.intp)}[wanted.place]
        steps = np.full(synapse.size, k, np.int64)
        self._kept.append((steps, pre.astype(np.int32), post.astype(np.int32), wanted.data[at]))

    def drain(self) -> tuple[NDArray[Any], ...]:
        """Return steps, presynaptic ranks, postsynaptic ranks and values, and forget them."""
        empty = tuple(np.zeros(0, dtype) for dtype in (np.int64, np.int32, np.int32, self.recorder.data.dtype))
        kept, self._kept = self._kept, []
        return tuple(np.concatenate(column) for column in zip(empty, *kept, strict=True))
