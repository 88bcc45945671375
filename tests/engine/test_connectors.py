"""Connectors against brute force, and their statistics with fixed keys."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from ranvier.runtime import _bridge as bridge

RANDOM: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
    ("probability", bridge.connect_fixed_probability, {"probability": 0.3}),
    ("number_pre", bridge.connect_fixed_number_pre, {"number": 7}),
    ("number_post", bridge.connect_fixed_number_post, {"number": 7}),
    ("number_pre_most", bridge.connect_fixed_number_pre, {"number": 17}),
    ("number_post_replace", bridge.connect_fixed_number_post, {"number": 40, "replace": True}),
]


def ranks(n: int, *, of: int | None = None, seed: int = 0) -> NDArray[np.int32]:
    """All ranks below n, or n of `of`."""
    if of is None:
        return np.arange(n, dtype=np.int32)
    return np.sort(np.random.default_rng(seed).choice(of, n, replace=False)).astype(np.int32)


def pairs(indptr: NDArray, target: NDArray) -> list[tuple[int, int]]:
    assert indptr.dtype == np.int64
    assert indptr[0] == 0
    assert indptr[-1] == len(target)
    return list(zip(np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)).tolist(), target.tolist(), strict=True))


@pytest.mark.parametrize("allow_self", [True, False])
@pytest.mark.parametrize("n", [20, 65536, 65537])
def test_all_to_all(n: int, allow_self: bool) -> None:
    pre, post = ranks(6, of=n), ranks(9, of=n, seed=1)
    post[3] = pre[2]
    post = np.unique(post)
    indptr, target = bridge.connect_all_to_all(pre, post, n, n, allow_self=allow_self)
    expected = [(i, j) for i in pre.tolist() for j in post.tolist() if allow_self or i != j]
    assert pairs(indptr, target) == expected
    assert target.dtype == (np.uint16 if n <= 65536 else np.uint32)


def test_one_to_one() -> None:
    pre, post = ranks(5, of=30), ranks(5, of=70000)
    assert pairs(*bridge.connect_one_to_one(pre, post, 30, 70000)) == list(
        zip(pre.tolist(), post.tolist(), strict=True)
    )
    with pytest.raises(ValueError, match="as many"):
        bridge.connect_one_to_one(pre, post[:4], 30, 70000)


@pytest.mark.parametrize(("name", "connect", "options"), RANDOM, ids=[r[0] for r in RANDOM])
@pytest.mark.parametrize("allow_self", [True, False])
def test_structure(name: str, connect: Callable[..., Any], options: dict[str, Any], allow_self: bool) -> None:
    n = 30
    pre, post = ranks(22, of=n), ranks(20, of=n, seed=5)
    indptr, target = connect(pre, post, n, n, key=11, allow_self=allow_self, **options)
    found = pairs(indptr, target)
    assert found == sorted(found)
    assert {i for i, _ in found} <= set(pre.tolist())
    assert {j for _, j in found} <= set(post.tolist())
    assert any(i == j for i, j in found) == allow_self
    if "replace" not in name:
        assert len(set(found)) == len(found)
    if "number" in name:
        own, side = (post, 1) if "number_pre" in name else (pre, 0)
        counts = np.bincount([pair[side] for pair in found], minlength=n)
        assert set(counts[own].tolist()) == {options["number"]}
        assert len(found) == options["number"] * len(own)


def draws(key: int, row: int) -> Iterator[float]:
    """Philox4x32-10 in whole numbers: the uniform numbers of one row."""
    for pair in itertools.count():
        c, k = (row, pair, 0, 0), (key & 0xFFFFFFFF, key >> 32)
        for _ in range(10):
            p0, p1 = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = ((p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF)
            k = (k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF
        for high, low in (c[:2], c[2:]):
            yield ((high << 32 | low) >> 12) * 2.0**-52 + 2.0**-53


@pytest.mark.parametrize("allow_self", [True, False])
@pytest.mark.parametrize("probability", [0.02, 0.6])
def test_probability_equals_brute_force(probability: float, allow_self: bool) -> None:
    key, n, expected = 0xFEDCBA9876543210, 400, []
    for i in range(0, n, 3):
        others = [j for j in range(n) if allow_self or j != i]
        at = -1
        for u in draws(key, i):
            at += 1 + math.floor(math.log(u) / math.log1p(-probability))
            if at >= len(others):
                break
            expected.append((i, others[at]))
    pre = np.arange(0, n, 3, dtype=np.int32)
    sides = (pre, ranks(n), n, n)
    assert pairs(*bridge.connect_fixed_probability(*sides, probability, key, allow_self=allow_self)) == expected


@pytest.mark.parametrize("replace", [True, False])
def test_fixed_number_equals_brute_force(replace: bool) -> None:
    key, n, number, expected = 77, 300, 20, []
    for j in range(n):
        others, chosen = [i for i in range(n) if i != j], []
        for u in draws(key, j):
            position = int(u * len(others))
            if replace or position not in chosen:
                chosen.append(position)
            if len(chosen) == number:
                break
        expected += [(others[position], j) for position in chosen]
    sides = (ranks(n), ranks(n), n, n)
    by_post = bridge.connect_fixed_number_pre(*sides, number, key, allow_self=False, replace=replace)
    assert pairs(*by_post) == sorted(expected)
    by_pre = bridge.connect_fixed_number_post(*sides, number, key, allow_self=False, replace=replace)
    assert pairs(*by_pre) == sorted((j, i) for i, j in expected)


@pytest.mark.parametrize(("name", "connect", "options"), RANDOM, ids=[r[0] for r in RANDOM])
def test_key_decides(name: str, connect: Callable[..., Any], options: dict[str, Any]) -> None:
    sides = (ranks(40), ranks(40), 40, 40)
    first = connect(*sides, key=2**64 - 1, **options)
    again = connect(*sides, key=2**64 - 1, **options)
    other = connect(*sides, key=2**63 - 1, **options)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert pairs(*first) != pairs(*other)


@pytest.mark.parametrize(("name", "connect", "options"), RANDOM, ids=[r[0] for r in RANDOM])
def test_a_row_does_not_depend_on_the_others(name: str, connect: Callable[..., Any], options: dict[str, Any]) -> None:
    """So that a view, or a thread's share, gets the rows that the whole gets."""
    n, some = 50, ranks(20, of=50)
    everything = pairs(*connect(ranks(n), ranks(n), n, n, key=4, allow_self=False, **options))
    by_post = "number_pre" in name
    sides = (ranks(n), some) if by_post else (some, ranks(n))
    part = pairs(*connect(*sides, n, n, key=4, allow_self=False, **options))
    assert part == [pair for pair in everything if pair[by_post] in set(some.tolist())]


@pytest.mark.parametrize("probability", [0.003, 0.1, 0.5, 0.97])
def test_probability_is_that_of_every_pair(probability: float) -> None:
    """The number of synapses is binomial, neither columns nor neighbours are preferred."""
    n = 2000
    indptr, target = bridge.connect_fixed_probability(ranks(n), ranks(n), n, n, probability, 17)
    variance = n * n * probability * (1 - probability)
    assert abs(len(target) - n * n * probability) < 4 * np.sqrt(variance)
    columns, rows = np.bincount(target, minlength=n), np.diff(indptr)
    for counts in (rows, columns):
        scaled = ((counts - n * probability) ** 2).sum() / (n * probability * (1 - probability))
        assert 1e-4 < stats.chi2.cdf(scaled, n) < 1 - 1e-4
    gaps = np.diff(target.astype(int))
    gaps = gaps[gaps > 0]
    expected = probability * (1 - probability) ** np.arange(8)
    counts = np.bincount(gaps, minlength=9)[1:9]
    shorter = len(target) * expected * (1 - (np.arange(8) + 1) / n)  # the last gap of a row is cut off
    usable = shorter > 10
    assert ((counts - shorter)[usable] ** 2 / shorter[usable]).sum() < stats.chi2.ppf(1 - 1e-4, usable.sum())


@pytest.mark.parametrize("probability", [0.0, 1e-320, 1e-12, 1.0])
def test_extreme_probabilities(probability: float) -> None:
    indptr, target = bridge.connect_fixed_probability(ranks(50), ranks(50), 50, 50, probability, 1, allow_self=False)
    assert len(target) == (50 * 49 if probability == 1 else 0)
    assert indptr[-1] == len(target)


def test_the_tail_of_the_memory_estimate_is_enough() -> None:
    """One row of a high probability may exceed the estimate for few rows."""
    for key in range(200):
        indptr, target = bridge.connect_fixed_probability(ranks(1), ranks(70), 1, 70, 0.9, key)
        assert indptr[1] == len(target) <= 70


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("connect", [bridge.connect_fixed_number_pre, bridge.connect_fixed_number_post])
@pytest.mark.parametrize("number", [5, 40, 99])
def test_fixed_number_prefers_nobody(connect: Callable[..., Any], number: int, replace: bool) -> None:
    n = 100
    counts = np.zeros((n, n), int)
    for key in range(40):
        found = np.array(pairs(*connect(ranks(n), ranks(n), n, n, number, key, replace=replace)))
        np.add.at(counts, (found[:, 0], found[:, 1]), 1)
    free = 1 if connect is bridge.connect_fixed_number_pre else 0
    other = counts.sum(free)
    draws, p = 40 * n, number / n
    variance = draws * p if replace else draws * p * (1 - p) * n / (n - 1)
    scaled = ((other - draws * p) ** 2).sum() / variance
    assert 1e-4 < stats.chi2.cdf(scaled, n - 1) < 1 - 1e-4


def test_more_than_there_are_is_refused() -> None:
    for connect in (bridge.connect_fixed_number_pre, bridge.connect_fixed_number_post):
        with pytest.raises(ValueError, match="cannot choose 10 of 9 neurons"):
            connect(ranks(10), ranks(10), 10, 10, 10, 1, allow_self=False)
        assert len(connect(ranks(10), ranks(10), 10, 10, 9, 1, allow_self=False)[1]) == 90
        assert len(connect(ranks(10), ranks(10), 10, 10, 0, 1)[1]) == 0


@pytest.mark.parametrize(
    ("pre", "message"),
    [
        (np.array([1, 1], np.int32), "pre: ranks must ascend"),
        (np.array([0, 10], np.int32), r"pre: element 1 is 10, not in \[0, 10\)"),
        (np.array([-1, 1], np.int32), "pre: element 0 is -1"),
        (np.array([0, 1]), "pre: expected int32, got int64"),
    ],
)
def test_bad_ranks(pre: NDArray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bridge.connect_all_to_all(pre, ranks(3), 10, 3)


@pytest.mark.parametrize("n_delays", [1, 6])
@pytest.mark.parametrize("sizes", [(1, 1), (40, 30), (7, 70000), (70000, 7)])
def test_sort_storage_and_post_index(sizes: tuple[int, int], n_delays: int) -> None:
    (n_pre, n_post), n = sizes, 3000  # many duplicates in the small ones
    rng = np.random.default_rng(n_pre)
    pre, post = (rng.integers(m, size=n).astype(np.int32) for m in sizes)
    delay = rng.choice(np.array([0, 1, 3, 4, 70, 71]), n) if n_delays > 1 else np.full(n, 5)
    indptr, delays, target, order = bridge.sort_storage(pre, post, delay, n_pre, n_post)
    expected = np.lexsort((np.arange(n), post, delay, pre))
    assert np.array_equal(order, expected)
    assert np.array_equal(delays, np.unique(delay))
    assert np.array_equal(target, post[expected])
    assert target.dtype == (np.uint32 if n_post > 65536 else np.uint16)
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    assert len(indptr) == n_pre * len(delays) + 1
    assert np.array_equal(rows // len(delays), pre[expected])
    assert np.array_equal(delays[rows % len(delays)], delay[expected])

    post_indptr, position, source = bridge.post_index(indptr, len(delays), target, n_post, order)
    public = np.lexsort((np.arange(n), pre, post))
    assert np.array_equal(order[position], public)
    assert np.array_equal(source, pre[public])
    assert source.dtype == (np.uint32 if n_pre > 65536 else np.uint16)
    assert np.array_equal(np.repeat(np.arange(n_post), np.diff(post_indptr)), post[public])


def test_uniform_delay_as_a_number() -> None:
    pre, post = np.array([2, 0, 2], np.int32), np.array([1, 1, 0], np.int32)
    indptr, delays, target, order = bridge.sort_storage(pre, post, 3, 4, 2)
    assert indptr.tolist() == [0, 1, 1, 3, 3]
    assert (delays.tolist(), target.tolist(), order.tolist()) == ([3], [1, 0, 1], [1, 2, 0])


def test_sort_delays_equals_sort_storage() -> None:
    indptr, target = bridge.connect_fixed_number_pre(ranks(30), ranks(40), 30, 40, 90, 3, replace=True)
    pre = np.repeat(np.arange(30), np.diff(indptr)).astype(np.int32)
    delay = np.random.default_rng(0).integers(1, 9, len(target))
    got = bridge.sort_delays(indptr, target, delay)
    expected = bridge.sort_storage(pre, target.astype(np.int32), delay, 30, 40)
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))
    same = bridge.sort_delays(indptr, target, np.full(len(target), 4))
    assert np.array_equal(same[0], indptr)
    assert same[1].tolist() == [4]
    assert np.array_equal(same[3], np.arange(len(target)))


def test_nothing_to_sort() -> None:
    none = np.zeros(0, np.int32)
    indptr, delays, target, order = bridge.sort_storage(none, none, np.zeros(0, np.int64), 3, 4)
    assert (indptr.tolist(), len(delays), len(target), len(order)) == ([0, 0, 0, 0], 1, 0, 0)
    assert bridge.post_index(indptr, 1, target, 4)[0].tolist() == [0] * 5
    for connect in (bridge.connect_fixed_number_pre, bridge.connect_fixed_number_post):
        assert len(connect(none, none, 3, 4, 5, 1)[1]) == 0
    assert len(bridge.connect_fixed_probability(none, ranks(4), 3, 4, 0.5, 1)[1]) == 0


def test_bad_rows() -> None:
    pre, post = np.array([0, 3], np.int32), np.array([1, 1], np.int32)
    with pytest.raises(ValueError, match="pre: element 1 is 3"):
        bridge.sort_storage(pre, post, 1, 3, 2)
    with pytest.raises(ValueError, match="post: element 0 is 1"):
        bridge.sort_storage(pre, post, 1, 4, 1)
    with pytest.raises(ValueError, match="have 2 and 3 elements"):
        bridge.sort_storage(pre, np.zeros(3, np.int32), 1, 4, 2)
    with pytest.raises(ValueError, match="a delay is negative"):
        bridge.sort_storage(pre, post, np.array([1, -1]), 4, 2)
    with pytest.raises(ValueError, match="ends at 3, but there are 2 synapses"):
        bridge.post_index(np.array([0, 3]), 1, np.zeros(2, np.uint16), 2)
    with pytest.raises(ValueError, match="element 1 is 2"):
        bridge.post_index(np.array([0, 2]), 1, np.array([0, 2], np.uint16), 2)


MEMORY = """
import resource, sys
import numpy as np
from ranvier.runtime import _bridge as b
ranks = np.arange(50_000, dtype=np.int32)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
indptr, target = getattr(b, sys.argv[1])(ranks, ranks, 50_000, 50_000, float(sys.argv[2]) if "prob" in sys.argv[1]
                                         else int(sys.argv[2]), 1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((peak - before) * 1024 / len(target))
"""


@pytest.mark.parametrize(
    ("name", "argument", "limit"),
    [
        ("connect_fixed_probability", "0.002", 3.0),  # 2 bytes per synapse, and what is in no proportion to them
        ("connect_fixed_number_pre", "100", 8.0),  # and 4 while it is built
        ("connect_fixed_number_post", "100", 12.0),  # and 8 while it is built
    ],
)
def test_memory_is_proportional_to_the_synapses(name: str, argument: str, limit: float) -> None:
    """5 million of 2.5 billion pairs; a whole row of pairs per neuron would be 500 times more."""
    done = subprocess.run([sys.executable, "-c", MEMORY, name, argument], capture_output=True, text=True, check=True)
    assert float(done.stdout) < limit


@pytest.mark.parametrize("threads", [2, 3, 7, 40])
@pytest.mark.parametrize("n", [1, 25, 70_000])
def test_threads_build_the_same(threads: int, n: int) -> None:
    pre, post = ranks(min(n, 25), of=n), ranks(min(n, 25), of=n, seed=1)
    for connect, options in [
        (bridge.connect_all_to_all, {}),
        *((f, {**given, "key": 5}) for _, f, given in RANDOM if n > 1 or "number" not in given),
        (bridge.connect_fixed_probability, {"probability": 0.0, "key": 5}),
        (bridge.connect_fixed_probability, {"probability": 1.0, "key": 5}),
    ]:
        one = connect(pre, post, n, n, allow_self=False, **options)
        many = connect(pre, post, n, n, allow_self=False, threads=threads, **options)
        assert one[0].tobytes() == many[0].tobytes()
        assert one[1].tobytes() == many[1].tobytes()
        assert one[1].dtype == many[1].dtype
