"""`resolve`: a syntax tree becomes a `Model`, in which every name has a meaning.

Neurons stand alone (`resolve_neuron`); synapses are bound to the populations they connect (`resolve_synapse`),
because their code uses names of both ends.
"""

from __future__ import annotations

from .declarations import Given
from .neurons import resolve_neuron
from .synapse_names import SynapseBinding
from .synapses import resolve_synapse

__all__ = ["Given", "SynapseBinding", "resolve_neuron", "resolve_synapse"]
