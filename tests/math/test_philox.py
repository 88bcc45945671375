"""The generator: published known answers, and that no two draws of a model share a counter."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from ranvier.runtime import _mathlib

#: Random123, kat_vectors, philox4x32 with 10 rounds: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]) -> None:
    assert tuple(_mathlib.philox(key[0] | key[1] << 32, counter)) == expected


def test_uniform_is_the_first_53_bits() -> None:
    key, element, step = 0x0123456789ABCDEF, 5, (7 << 32) + 9
    words = [int(w) for w in _mathlib.philox(key, (element, 3, 9, 7))]
    expected = ((words[0] << 21) + (words[1] >> 11)) * 2.0**-53
    assert _mathlib.draw("uniform", key, [element], [3], step)[0] == expected
    assert _mathlib.draw("uniform", key, [element], [3], step, precision="single")[0] == (words[0] >> 8) * 2.0**-24


def test_packed_numbers_share_calls() -> None:
    """The lowest of 64 comes from half of call 4; of the others, sixteen bits from each of four calls lie above it.

    The counters carry the number of the call above 29 bits of the row. Exact sums, rounded once as the generator does.
    """
    key, step = 0x0123456789ABCDEF, (7 << 32) + 9
    elements = {0, 5, 8, 31, 32, 47, 63, 64, 1000, 2**32 - 1}
    lowest = {}
    for block in {e // 64 for e in elements}:
        words = [int(w) for w in _mathlib.philox(key, (4 << 29 | block // 16 * 8 + block % 8, 3, 9, 7))]
        one, two = words[2 * (block // 8 % 2) :][:2]
        y = 1.0 - ((one << 21) + (two >> 11)) * 2.0**-53
        for _ in range(6):
            y = math.sqrt(y)
        lowest[block] = 1.0 - y
        elements.add(64 * block + two % 64)
        assert _mathlib.draw("packed", key, [64 * block + two % 64], [3], step)[0] == 1.0 - y
        rounded = _mathlib.draw("packed", key, [64 * block + two % 64], [3], step, precision="single")[0]
        assert rounded == np.float32(1.0 - y)
    for element in elements:
        column, bits, low = element // 8 % 8, 0, lowest[element // 64]
        for call in range(4):
            row = element // 64 * 8 + element % 8
            word = int(_mathlib.philox(key, (call << 29 | row, 3, 9, 7))[column % 4])
            bits = bits << 16 | (word >> 16 if column < 4 else word & 0xFFFF)
        for shift, precision, real in ((11, "double", float), (40, "single", np.float32)):
            above = float(Fraction(low) + (1 - Fraction(low)) * Fraction(bits >> shift, 2 ** (64 - shift)))
            found = _mathlib.draw("packed", key, [element], [3], step, precision=precision)[0]
            assert found == real(above) or found == real(low)
            assert found >= real(low)


@pytest.mark.parametrize("kind", ["uniform", "packed"])
def test_every_counter_word_and_key_bit_counts(kind: str) -> None:
    first = _mathlib.draw(kind, 1, [0], [0], 0)[0]
    others = [_mathlib.draw(kind, 1 ^ 1 << bit, [0], [0], 0)[0] for bit in range(64)]
    others += [_mathlib.draw(kind, 1, [1 << bit], [0], 0)[0] for bit in range(32)]
    others += [_mathlib.draw(kind, 1, [0], [1 << bit], 0)[0] for bit in range(32)]
    others += [_mathlib.draw(kind, 1, [0], [0], 1 << bit)[0] for bit in range(63)]
    assert len({first, *others}) == len(others) + 1
