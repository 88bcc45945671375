"""Questions about layers, against brute force in numpy; NEST's answers where they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier import builder as bp

S = bp.spatial


@pytest.fixture
def world() -> tuple[Any, ...]:
    sim = bp.Simulator(dt=0.1)
    grid = sim.create(bp.iaf_psc_exp, positions=S.grid([3, 1], extent=[3.0, 1.0]))
    drawn = sim.create(bp.iaf_psc_exp, 40, positions=S.free(rv.Uniform(-1.0, 1.0), num_dimensions=2))
    return sim, grid, drawn


def test_elements() -> None:
    assert S.center_element(S.grid([4, 3], extent=[2.0, 1.5])) == 4
    layer = S.grid([3, 1], extent=[3.0, 1.0])
    assert S.nearest_element(layer, [0.9, 0.0]) == 2
    assert S.nearest_element(layer, [[0.9, 0.0], [-5.0, 1.0]]) == [2, 0]
    assert S.nearest_element(layer, [0.5, 0.0]) == 1
    assert S.nearest_element(layer, [0.5, 0.0], find_all=True) == [1, 2]
    with pytest.raises(rv.RanvierError, match="positions are drawn when a population is created"):
        S.center_element(S.free(rv.Uniform(0.0, 1.0), num_dimensions=2))
    with pytest.raises(rv.RanvierError, match="takes a layer, or a view of one population with positions"):
        S.center_element(bp.Simulator(dt=0.1).create(bp.iaf_psc_exp))


def test_distances_and_masks(world: tuple[Any, ...]) -> None:
    sim, grid, drawn = world
    a, b = sim.get_position(grid), sim.get_position(drawn)
    far = np.linalg.norm(a[:, None] - b[None], axis=2)
    np.testing.assert_allclose(S.Distance(grid, drawn), far, rtol=1e-14)
    nine = S.grid([3, 3], extent=[2.0, 2.0])
    assert S.select_nodes_by_mask(nine, [0.0, 0.0], S.circular(0.7)).tolist() == [1, 3, 4, 5, 7]
    turned = S.select_nodes_by_mask(drawn, [0.1, -0.2], S.rectangular([0.0, 0.0], [0.5, 2.0]))
    shift = b - [0.1, -0.2]
    inside = (shift >= 0.0).all(axis=1) & (shift <= [0.5, 2.0]).all(axis=1)
    assert turned.tolist() == np.flatnonzero(inside).tolist() != []


def test_targets_and_files(world: tuple[Any, ...], tmp_path: Path) -> None:
    sim, grid, drawn = world
    rule = S.spatial_pairwise_bernoulli(p=1.0, mask=S.circular(1.2))
    sim.connect(grid, grid, rule=rule, weight=2.5, delay=1.0)
    assert [t.tolist() for t in S.target_nodes(sim, grid, grid)] == [[0, 1], [0, 1, 2], [1, 2]]
    assert [t.tolist() for t in S.target_nodes(sim, grid[1:], grid)] == [[0, 1, 2], [1, 2]]
    assert [p.tolist() for p in S.target_positions(sim, grid[:1], grid)] == [[[-1.0, 0.0], [0.0, 0.0]]]
    nodes = S.dump_layer_nodes(sim, grid, tmp_path / "nodes.txt")
    assert (tmp_path / "nodes.txt").read_text() == nodes == "0 -1 0\n1 0 0\n2 1 0\n"
    edges = S.dump_layer_connections(sim, grid[:1], grid, tmp_path / "edges.txt")
    assert (tmp_path / "edges.txt").read_text() == edges == "0 0 2.5 1 0 0\n0 1 2.5 1 1 0\n"
    with pytest.raises(rv.RanvierError, match="takes a view of one population"):
        S.target_nodes(sim, grid + drawn, grid)


def test_plots(world: tuple[Any, ...]) -> None:
    """What is drawn, by the artists of the figure."""
    plt = pytest.importorskip("matplotlib.pyplot")
    sim, grid, drawn = world
    rule = S.spatial_pairwise_bernoulli(p=1.0, mask=S.circular(1.2))
    sim.connect(grid, drawn, rule=rule)

    def dots(figure: Any) -> list[int]:
        return [len(c.get_offsets()) for c in figure.axes[0].collections]

    assert dots(S.plot_layer(drawn)) == [40]
    found = S.target_nodes(sim, grid[:1], drawn)[0]
    assert dots(S.plot_targets(sim, grid[:1], drawn)) == [found.size, 1]
    heard = [k for k, t in enumerate(S.target_nodes(sim, grid, drawn)) if found[0] in t]
    assert dots(S.plot_sources(sim, grid, drawn[int(found[0])])) == [len(heard), 1]
    picture = S.plot_probability_parameter(
        0.8 * S.gaussian(std=0.3), mask=S.circular(0.4), extent=(-1.0, 1.0, -0.5, 0.5), shape=(5, 3)
    )
    x, y = np.meshgrid(np.linspace(-1.0, 1.0, 5), np.linspace(-0.5, 0.5, 3))
    far = np.hypot(x, y)
    expected = np.where(far <= 0.4, 0.8 * np.exp(-(far**2) / 0.18), 0.0)
    np.testing.assert_allclose(picture.axes[0].images[0].get_array(), expected, rtol=1e-12)
    plt.close("all")
