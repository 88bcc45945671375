"""Values of synapses as lists with one list per postsynaptic neuron, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..problems import ValueProblem

if TYPE_CHECKING:
    from ..synapses.projection import Projection


def nested(projection: Projection, value: Any) -> Any:
    """Return a value per synapse as one list per postsynaptic neuron that has synapses; anything else as it is."""
    if not isinstance(value, np.ndarray) or value.ndim != 1:
        return value
    built = projection.connectivity
    if not built.size:
        return []
    if value.size == built.size:
        counts = np.diff(built.by_post[0])
        return [part.tolist() for part in np.split(np.asarray(value), np.cumsum(counts[counts > 0])[:-1])]
    if value.size == built.n_post:
        return [value[rank].item() for rank in projection.post_ranks]
    return value


def flat(projection: Projection, value: Any) -> Any:
    """Return what `nested` made as one array; anything else as it is."""
    if not isinstance(value, list) or not value or not isinstance(value[0], (list, tuple, np.ndarray)):
        return value
    wanted, got = [len(ranks) for ranks in projection.pre_ranks], [len(row) for row in value]
    if wanted != got:
        raise ValueProblem(
            f"projection '{projection.name}': {len(got)} lists of {sum(got)} values for {len(wanted)} postsynaptic "
            f"neurons with {sum(wanted)} synapses.",
            "one list per postsynaptic neuron, in the order of pre_ranks",
        )
    return np.concatenate([np.asarray(row, np.float64) for row in value])
