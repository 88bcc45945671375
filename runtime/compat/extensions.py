"""ANNarchy's extensions: populations that turn spikes into rates and rates into spikes, and images."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron
from ..groups.geometry import shape_of
from ..groups.population import Population
from ..live import network_of
from ..problems import ValueProblem, not_available


def Spike2RatePopulation(
    population: Population,
    name: str | None = None,
    mode: str = "window",
    window: Any = 100.0,
    scaling: float = 1.0,
    smooth: float = 1.0,
    cut: float = 3.0,
    copied: bool = False,
) -> Population:
    """Return a rate-coded population that follows the firing rates of a spiking one, in the same network.

    Parameters
    ----------
    population : Population
        Spiking; its `compute_firing_rate` is set to the window.
    name : str, optional
    mode : {"window"}
        Spikes are counted in a sliding window.
    window : number
        In ms.
    scaling : number
        Rate in Hz that gives ``r = 1``.
    smooth : number
        Time constant of the low-pass filter after the count (ms).
    """
    if mode != "window":
        not_available(f"Spike2RatePopulation(mode={mode!r})", "mode='window' counts spikes in a sliding window")
    population.compute_firing_rate(window)
    neuron = Neuron(
        f"scaling = {float(scaling)!r} : population\nsmooth = {float(smooth)!r} : population",
        "rate : linked\nsmooth*dr/dt = rate/scaling - r",
        name="Spike2RatePopulation",
    )
    made = network_of(population, "Spike2RatePopulation").create(population.geometry, neuron, name=name)
    made.link("rate", population, "r")
    return made


def Rate2SpikePopulation(
    population: Population, name: str | None = None, scaling: float = 1.0, refractory: Any = None, copied: bool = False
) -> Population:
    """Return a population of Poisson spikes with the rates of a rate-coded one, in the same network.

    Parameters
    ----------
    population : Population
        Rate-coded.
    name : str, optional
    scaling : number
        Rate in Hz of ``r = 1``.
    refractory : number, optional
        In ms.
    """
    if population.spiking:
        raise ValueProblem(f"Rate2SpikePopulation: population '{population.name}' is spiking, not rate-coded.")
    neuron = Neuron(
        f"scaling = {float(scaling)!r} : population",
        "rates : linked",
        spike="Uniform(0.0, 1.0)*1000.0 < scaling*rates*dt",
        refractory=refractory,
        name="Rate2SpikePopulation",
    )
    made = network_of(population, "Rate2SpikePopulation").create(population.geometry, neuron, name=name)
    made.link("rates", population, "r")
    return made


class ImageSpec(PopulationSpec):
    """A rate-coded population for an image."""

    __slots__ = ()


class Images(Population):
    """A rate-coded population whose rates are the pixels of an image, from 0 to 1."""

    def set_image(self, filename: Any) -> None:
        """Take the rates from an image file, resized to the population; grey for a geometry without colours."""
        from PIL import Image

        with Image.open(filename) as image:
            height, width = self.geometry[:2]
            fitted = image.resize((width, height)) if image.size != (width, height) else image
            pixels = np.asarray(fitted.convert("L" if self.dimension == 2 else "RGB"), np.float64)
        self._write("r", pixels.reshape(self.geometry) / 255.0)


def image_spec(geometry: tuple[int, ...], name: str | None = None) -> ImageSpec:
    """Return a population for images of (height, width) pixels, grey, or (height, width, 3), in colours."""
    shape = shape_of(geometry, name or "ImagePopulation")
    if len(shape) == 3 and shape[2] == 1:
        shape = shape[:2]
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] != 3):
        raise ValueProblem(
            f"ImagePopulation: a geometry of {shape}.",
            "(height, width) for grey images, (height, width, 3) for colours",
        )
    return ImageSpec(shape, Neuron("r = 0.0", name="ImagePopulation"), name=name)
