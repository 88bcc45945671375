"""What populations and ready-made projections are made of, before they belong to a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..inputs.given import Given
from .types import Neuron, Synapse


@dataclass(frozen=True, slots=True)
class PopulationSpec:
    """Everything `Network.create` needs to know of a population.

    Parameters
    ----------
    geometry : tuple of int
    neuron : Neuron or None
        None for spikes given in advance.
    given : Given, optional
        Spikes, or values over time, given in advance.
    scales : mapping, optional
        Attributes kept in another unit than the coherent one, and the factor.
    values : mapping, optional
        Values written at creation.
    name : str, optional
        Used when `Network.create` is given none.
    """

    geometry: tuple[int, ...]
    neuron: Neuron | None
    given: Given | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectionSpec:
    """Everything `Network.connect` needs to know of a ready-made projection.

    Parameters
    ----------
    pre, post : Population or view
    target : str
    synapse : Synapse
    name : str, optional
    same_step : bool
    later : mapping, optional
        Delay (ms) of each pathway after the one given to the connector, which is then one number.
    values : mapping, optional
        Values written when the synapses are made.
    reverse : Projection, optional
        Whose synapses `transpose` uses the other way round.
    """

    pre: Any
    post: Any
    target: str
    synapse: Synapse
    name: str | None = None
    same_step: bool = False
    later: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    reverse: Any = None
