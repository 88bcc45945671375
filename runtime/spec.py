"""What a population is made of, before it belongs to a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .definitions import Neuron
from .stimuli import SpikeTrains


@dataclass(frozen=True, slots=True)
class PopulationSpec:
    """Everything `Network.create` needs to know of a population.

    Parameters
    ----------
    geometry : tuple of int
    neuron : Neuron or None
        None for spikes given in advance.
    trains : SpikeTrains, optional
        Spikes given in advance.
    scales : mapping, optional
        Attributes kept in another unit than the coherent one, and the factor.
    values : mapping, optional
        Values written at creation.
    name : str, optional
        Used when `Network.create` is given none.
    """

    geometry: tuple[int, ...]
    neuron: Neuron | None
    trains: SpikeTrains | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
