"""ANNarchy's ready-made inputs, projections and extensions, by its names and arguments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import ranvier as rv
import ranvier.compat.annarchy as ann
from ranvier.compat.annarchy.extensions.convolution import Convolution, Copy, Pooling
from ranvier.compat.annarchy.extensions.hybrid import Rate2SpikePopulation, Spike2RatePopulation
from ranvier.compat.annarchy.extensions.image import ImagePopulation


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ann.clear()
    yield
    ann.clear()


def linear() -> Any:
    return ann.Neuron(equations="r = sum(exc)")


def test_timed_array_is_a_population() -> None:
    pop = ann.TimedArray(rates=[[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]], schedule=10.0)
    monitor = ann.Monitor(pop, "r")
    ann.simulate(30.0)
    np.testing.assert_array_equal(monitor.get("r")[::5, 0], [1, 1, 0, 0, 2, 2])


def test_spikes_are_decoded_to_rates_within_their_standard_error() -> None:
    ann.setup(dt=0.5, seed=1)
    source = ann.Population(1, ann.Neuron("level = 0.0", "r = level"))
    coder = ann.PoissonPopulation(400, target="exc")
    ann.Projection(source, coder, "exc").connect_all_to_all(weights=1.0)
    reader = ann.Population(1, linear())
    ann.DecodingProjection(coder, reader, "exc", window=20.0).connect_all_to_all(weights=1.0)
    monitor = ann.Monitor(reader, "r")
    for level in (0.0, 50.0):
        source.level = level
        ann.simulate(1000.0)
    rates = monitor.get("r")[:, 0]
    assert not rates[:2000].any()
    # 400 neurons, 0.9 s, 50 Hz: 18000 spikes, so the mean is known to 50/sqrt(18000); the window blurs its ends
    assert abs(rates[2200:].mean() - 50.0) < 5 * 50.0 / np.sqrt(18000) + 50.0 * 20.0 / 900.0


def test_filters_and_pooling_agree_with_scipy() -> None:
    image = np.random.default_rng(1).random((8, 12))
    pop = ann.InputArray(geometry=(8, 12))
    smooth, pooled, again = (ann.Population(shape, linear()) for shape in ((8, 12), (4, 6), (8, 12)))
    box = np.arange(9.0).reshape(3, 3) / 36.0
    filtered = Convolution(pop, smooth, "exc").connect_filter(weights=box)
    Pooling(pop, pooled, "exc", operation="max").connect_pooling()
    Copy(pop, again, "exc").connect_copy(filtered)
    pop.r = image
    ann.simulate(2.0)
    np.testing.assert_allclose(smooth.r, ndimage.correlate(image, box, mode="constant"), rtol=1e-13)
    np.testing.assert_array_equal(again.r, smooth.r)
    np.testing.assert_array_equal(pooled.r, image.reshape(4, 2, 6, 2).max(axis=(1, 3)))


def test_images(tmp_path: Path) -> None:
    from PIL import Image

    pixels = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    colours = ImagePopulation(geometry=(6, 4, 3))
    colours.set_image(tmp_path / "image.png")
    np.testing.assert_array_equal(colours.r, pixels / 255.0)
    net = ann.Network()
    grey = net.create(ImagePopulation(geometry=(3, 2)))
    grey.set_image(tmp_path / "image.png")
    assert grey.r.shape == (3, 2)
    assert 0.0 < grey.r.min() < grey.r.max() < 1.0
    with pytest.raises(rv.RanvierError, match="height, width"):
        ImagePopulation(geometry=(3, 2, 4))


def test_rates_follow_spikes_and_spikes_follow_rates() -> None:
    ann.setup(dt=1.0, seed=3)
    spikes = ann.SpikeSourceArray([list(np.arange(5.0, 2000.0, 20.0))])  # 50 Hz
    rates = Spike2RatePopulation(spikes, window=100.0, scaling=10.0, smooth=5.0)
    back = Rate2SpikePopulation(rates, scaling=20.0)
    monitor = ann.Monitor(back, "spike")
    ann.simulate(200.0)
    assert rates.r[0] == pytest.approx(5.0, rel=1e-6)  # 50 Hz in units of 10 Hz, smoothed for 20 time constants
    monitor.get()
    ann.simulate(1800.0)
    count = len(monitor.get("spike")[0])  # 100 Hz for 1.8 s, 0.1 a step: binomial
    assert abs(count - 180) < 5 * np.sqrt(1800 * 0.1 * 0.9)
    with pytest.raises(rv.RanvierError, match="mode='window'"):
        Spike2RatePopulation(spikes, mode="isi")
    with pytest.raises(rv.RanvierError, match="is spiking, not rate-coded"):
        Rate2SpikePopulation(spikes)


def test_ready_made_projections_belong_to_the_network_of_their_ends() -> None:
    net: Any = ann.Network(dt=1.0, seed=1)
    rate = net.create(3, ann.Neuron("level = 1.0", "r = level"))
    cells = net.create(3, ann.Neuron(equations="dv/dt = g_exc", spike="v > 4", reset="v = 0"))
    proj = net.connect(ann.CurrentInjection(rate, cells, "exc"))
    proj.connect_current()
    net.simulate(3.0)
    np.testing.assert_array_equal(cells.v, [2.0, 2.0, 2.0])  # the rate of a step arrives in the next
    with pytest.raises(rv.RanvierError, match="belongs to another network"):
        ann.magic_network().connect(proj)
