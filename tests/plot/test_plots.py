"""What the pictures show, read back from the axes; how they look is judged by eye."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest

import ranvier as rv

TIMES, RANKS = np.array([0.0, 5.0, 5.0, 20.0]), np.array([0, 1, 2, 0])


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def spiking(n: int = 6, duration: float = 50.0) -> tuple[rv.Network, rv.Population]:
    """A population of which neuron i spikes every i + 1 ms."""
    neuron = rv.Neuron("period = 1.0", "dx/dt = 1/period\ndv/dt = 1.0", spike="x >= 0.999999", reset="x = 0.0")
    net = rv.Network(dt=0.5)
    pop = net.create(n, neuron)
    pop.period = np.arange(n) + 1.0
    return net, pop


def rates_of(ax: plt.Axes) -> list[np.ndarray]:
    return [patch.get_data().values for patch in ax.patches]


class TestRaster:
    def test_dots_are_the_spikes(self) -> None:
        ax = rv.plot.raster((TIMES, RANKS), show_rate=False)
        (line,) = ax.lines
        assert np.array_equal(line.get_xdata(), TIMES)
        assert np.array_equal(line.get_ydata(), RANKS)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (ms)", "neuron")

    def test_rate_is_in_hertz_per_neuron(self) -> None:
        ax = rv.plot.raster((TIMES, RANKS), n=4, bin=10.0, window=(0.0, 30.0))
        below = ax.figure.axes[-1]
        np.testing.assert_allclose(rates_of(below)[0], [3 / 4 / 0.010, 0.0, 1 / 4 / 0.010])
        assert below.get_ylabel() == "rate (Hz)"
        assert below.get_xlabel() == "time (ms)"

    def test_groups_are_stacked_from_the_bottom(self) -> None:
        ax = rv.plot.raster({"a": (TIMES, RANKS), "b": (TIMES, RANKS)}, n=[10, 5], show_rate=False)
        assert ax.lines[1].get_ydata().tolist() == [10, 11, 12, 10]
        assert ax.get_ylim() == (-0.5, 14.5)
        assert [text.get_text() for text in ax.texts] == ["a", "b"]

    def test_window_cuts(self) -> None:
        ax = rv.plot.raster((TIMES, RANKS), window=(1.0, 10.0), show_rate=False)
        assert ax.lines[0].get_xdata().tolist() == [5.0, 5.0]
        assert ax.get_xlim() == (1.0, 10.0)

    @pytest.mark.parametrize("show_rate", [True, False])
    def test_no_spikes(self, show_rate: bool) -> None:
        ax = rv.plot.raster(([], []), n=3, show_rate=show_rate)
        ax.figure.canvas.draw()
        assert len(ax.lines[0].get_xdata()) == 0

    def test_draws_where_told(self) -> None:
        _, axes = plt.subplots(1, 2)
        assert rv.plot.raster((TIMES, RANKS), ax=axes[1]) is axes[1]
        free = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
        assert rv.plot.raster((TIMES, RANKS), ax=free) is free
        free.figure.canvas.draw()

    def test_monitor_and_view(self) -> None:
        net, pop = spiking()
        low, high = net.monitor(pop[:2], "spike"), net.monitor(pop[2:], "spike")
        net.simulate(60.0)
        ax = rv.plot.raster({"low": low, "high": high}, show_rate=False)
        assert ax.get_xlim() == (0.0, 60.0)
        assert ax.get_ylim() == (-0.5, 5.5)
        assert set(ax.lines[1].get_ydata()) == {2, 3, 4, 5}
        assert len(low.get("spike")[0]) == 60  # drawing took nothing away

    def test_many_spikes_are_an_image_in_a_vector_figure(self) -> None:
        rng = np.random.default_rng(0)
        many = (np.sort(rng.uniform(0, 1000, 30_000)), rng.integers(0, 4000, 30_000))
        ax = rv.plot.raster(many, show_rate=False)
        assert ax.lines[0].get_rasterized()
        assert ax.lines[0].get_markersize() < 2.0


class TestRates:
    def test_values_and_legend(self) -> None:
        ax = rv.plot.rates({"a": (TIMES, RANKS), "b": ([1.0], [0])}, n=2, bin=10.0, window=(0.0, 20.0))
        np.testing.assert_allclose(rates_of(ax)[0], [3 / 2 / 0.01, 1 / 2 / 0.01])
        np.testing.assert_allclose(rates_of(ax)[1], [1 / 2 / 0.01, 0.0])
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]

    def test_a_rest_joins_the_last_bin(self) -> None:
        ax = rv.plot.rates(([24.0], [0]), n=1, bin=10.0, window=(0.0, 25.0))
        np.testing.assert_allclose(rates_of(ax)[0], [0.0, 1 / 0.015])

    def test_long_times_are_in_seconds(self) -> None:
        ax = rv.plot.rates(([1.0, 19_999.0], [0, 0]), n=1, window=(0.0, 20_000.0))
        assert ax.get_xlabel() == "time (s)"


class TestTraces:
    def test_monitor(self) -> None:
        net, pop = spiking()
        monitor = net.monitor(pop, ["v", "x"], period=1.0)
        net.simulate(20.0)
        axes = rv.plot.traces(monitor, neurons=[0, 5], units={"v": "mV"})
        assert [ax.get_ylabel() for ax in axes] == ["v (mV)", "x"]
        data = monitor.get("x")
        assert np.array_equal(axes[1].lines[1].get_ydata(), data[:, 5])
        assert np.array_equal(axes[1].lines[1].get_xdata(), np.arange(20.0))

    def test_pauses_are_left_out(self) -> None:
        net, pop = spiking()
        monitor = net.monitor(pop, "v", period=2.0)
        net.simulate(5.0)
        monitor.pause()
        net.simulate(10.0)
        monitor.resume()
        net.simulate(5.0)
        (ax,) = rv.plot.traces(monitor, neurons=1)
        assert ax.lines[0].get_xdata().tolist() == [0.0, 2.0, 4.0, 16.0, 18.0]

    def test_arrays_spread_and_window(self) -> None:
        times = np.arange(10.0)
        (ax,) = rv.plot.traces({"v": np.outer(times, np.arange(100))}, times=times, neurons=4, window=(2.0, 4.0))
        assert [line.get_ydata()[0] / 2.0 for line in ax.lines] == [0, 25, 50, 75]
        assert ax.lines[0].get_xdata().tolist() == [2.0, 3.0, 4.0]

    def test_one_neuron_needs_no_legend(self) -> None:
        (ax,) = rv.plot.traces({"v": np.zeros(5)})
        assert ax.get_legend() is None


class TestConnectivity:
    def test_a_small_matrix_is_shown_pair_by_pair(self) -> None:
        matrix = np.full((3, 4), np.nan)
        matrix[2, 1] = 0.5
        (image,) = rv.plot.connectivity(matrix).images
        assert image.get_array().shape == (3, 4)
        assert image.get_array()[2, 1] == 0.5
        assert np.ma.getmaskarray(np.ma.masked_invalid(image.get_array())).sum() == 11

    def test_a_large_one_in_blocks(self) -> None:
        matrix = np.full((1000, 600), np.nan)
        matrix[::2, :] = 3.0
        (image,) = rv.plot.connectivity(matrix, cells=100, value="p").images
        np.testing.assert_allclose(image.get_array(), 0.5)
        (image,) = rv.plot.connectivity(matrix, cells=100).images
        np.testing.assert_allclose(image.get_array(), 3.0)

    def test_signs_share_a_scale_around_zero(self) -> None:
        (image,) = rv.plot.connectivity(np.array([[-1.0, 2.0]])).images
        assert image.get_clim() == (-2.0, 2.0)

    def test_projection(self) -> None:
        net, pop = spiking(20)
        neuron = rv.Neuron("", "dv/dt = g_exc", spike="v > 1e9", reset="v = 0")
        target = net.create(10, neuron)
        projection = net.connect(pop, target, target="exc")
        projection.fixed_number_pre(3, weights=rv.Uniform(1.0, 2.0))
        ax = rv.plot.connectivity(projection)
        image = np.ma.masked_invalid(ax.images[0].get_array())
        assert image.shape == (10, 20)
        assert image.count() == 30
        np.testing.assert_allclose(np.sort(image.compressed()), np.sort(np.asarray(projection.w)))
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("presynaptic neuron", "postsynaptic neuron")
        rv.plot.connectivity(projection, value="delay")
        rv.plot.connectivity(projection, value="p")
