"""Populations that turn spikes into rates and rates into spikes."""

from ranvier.runtime.compat.extensions import Rate2SpikePopulation, Spike2RatePopulation

__all__ = ["Rate2SpikePopulation", "Spike2RatePopulation"]
