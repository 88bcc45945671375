"""Connectors that are given their synapses: edges, functions, files, matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import ranvier as rv

CELL = dict(parameters="a = 1.0\nkind = 0", equations="dv/dt = -v + g_exc", spike="v > 1e9", reset="v = 0")


def network(**options: Any) -> tuple[rv.Network, rv.Population, rv.Population]:
    net = rv.Network(dt=0.5, seed=12, **options)
    cell = rv.Neuron(**CELL)  # type: ignore[arg-type]
    first, second = net.create((6, 7), cell, name="first"), net.create(31, cell, name="second")
    first.a, second.a = np.arange(42.0).reshape(6, 7) / 10, np.arange(31.0) ** 2 / 50
    return net, first, second


def pairs(proj: rv.Projection) -> list[tuple[int, int]]:
    """(pre, post) of every synapse, sorted."""
    built = proj.connectivity
    return sorted(zip(built.source.tolist(), built.target.tolist(), strict=True))


def storage(proj: rv.Projection) -> tuple[bytes, ...]:
    built = proj.connectivity
    return built.indptr.tobytes(), built.target.tobytes(), proj.w.tobytes(), proj.delay.tobytes()


def test_given_edges_and_functions() -> None:
    net, a, b = network()
    pre, post = [3, 3, 9, 3], [2, 8, 30, 2]
    edges = net.connect(a, b, "exc").explicit_edges(pre, post, weights=[1.0, 2.0, 3.0, 4.0])
    assert edges.connectivity.creation is not None
    assert edges.dendrite(2).pre_ranks == [3, 3]
    assert pairs(net.connect(a, b, "exc").where(i=pre, j=post)) == sorted(zip(pre, post, strict=True))

    def columns(first: Any, second: Any, weight: float) -> Any:
        assert (first, second) == (a, b)
        return pre, post, [weight, 2.0, 3.0, 4.0], 2.0

    made = net.connect(a, b, "exc").from_function(columns, weight=7.0)
    assert made.w.tolist() == [7.0, 4.0, 2.0, 3.0]  # (post, pre, creation)
    assert made.delay.tolist() == [2.0] * 4

    def rows(first: Any, second: Any) -> Any:
        synapses = rv.LILConnectivity()
        synapses.add(5, [1, 2], weights=[0.25, 0.5], delays=[1.0])
        synapses.add(2, [40], weights=3.0, delays=2.5)
        return synapses

    lil = net.connect(a, b, "exc").connect_from_function(rows)
    assert (pairs(lil), lil.w.tolist()) == ([(1, 5), (2, 5), (40, 2)], [3.0, 0.25, 0.5])
    assert lil.delay.tolist() == [2.5, 1.0, 1.0]
    with pytest.raises(rv.RanvierError, match="function"):
        net.connect(a, b, "exc").from_function("rows")
    matrix = sparse.random(42, 31, 0.2, random_state=1, format="csr")
    loose = net.connect(a, b, "exc").from_function(lambda x, y: matrix)
    assert np.array_equal(loose.connectivity_matrix(), matrix.toarray().T)
    for wrong in (lambda x, y: 3, lambda x, y: ([1], [2, 3]), lambda x, y: ([50], [2]), lambda x, y: ([0.5], [1])):
        with pytest.raises(rv.RanvierError, match="projection"):
            net.connect(a, b, "exc").from_function(wrong)


def test_files(tmp_path: Path) -> None:
    net, a, b = network()
    path = tmp_path / "connectivity.npz"
    first = net.connect(a[:20], b, "exc")
    first.fixed_total_number(80, weights=rv.Uniform(0.0, 1.0), delays=rv.DiscreteUniform(1, 3))
    first.save_connectivity(path)
    again = net.connect(a, b, "exc").from_file(path)
    assert storage(again) == storage(first)
    assert np.load(path, allow_pickle=False)["pre"].max() < 20
    with pytest.raises(rv.RanvierError, match="no neuron"):
        net.connect(b[:3], a, "exc").from_file(path)
    with pytest.raises(rv.RanvierError, match="cannot read"):
        net.connect(a, b, "exc").from_file(tmp_path / "nothing.npz")
    np.savez(tmp_path / "other.npz", x=1)
    with pytest.raises(rv.RanvierError, match="missing"):
        net.connect(a, b, "exc").from_file(tmp_path / "other.npz")


@pytest.mark.parametrize("symmetric", [False, True])
def test_matrix_market(tmp_path: Path, symmetric: bool) -> None:
    from scipy.io import mmwrite

    net, a, b = network()
    shape = (31, 31) if symmetric else (31, 42)
    matrix = sparse.random(*shape, 0.2, random_state=2, format="coo")
    if symmetric:
        matrix = sparse.coo_matrix(matrix + matrix.T)
    mmwrite(tmp_path / "w.mtx", matrix, symmetry="symmetric" if symmetric else "general")
    proj = net.connect(b if symmetric else a, b, "exc").from_matrix_market(tmp_path / "w.mtx", delays=1.5)
    assert proj.connectivity_matrix() == pytest.approx(matrix.toarray(), rel=1e-15)
    assert set(proj.delay) == {1.5}
    (tmp_path / "bad.mtx").write_text("%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n")
    with pytest.raises(rv.RanvierError, match="Matrix Market"):
        net.connect(a, b, "exc").from_matrix_market(tmp_path / "bad.mtx")
