/* Random numbers of compiled models: Philox4x32-10 (Salmon et al. 2011), a function of key and counter without state,
   so that a draw depends on nothing but the stream (key), the element or synapse (c0, c1) and the step.

   Uniform and normal are straight-line code in 64-bit lanes and vectorise; packed uniform numbers, which neurons draw
   in their steps, share calls among the elements of a block (docs/adr/0016). The other distributions are scalar (Poisson
   also comes in blocks of 64) and take further blocks from keys mixed with the number of the sub-draw, in the upper
   half of the number; the lower half is the caller's (duplicate synapses). Every loop has a bound: any parameter gives
   a result, NaN for parameters that are NaN or have no distribution (a negative shape).
   Chunks and rules as in rv_math.h. */
#ifndef RV_RANDOM_H
#define RV_RANDOM_H
#include <stdint.h>
#include "rv_math.h"

/*@ rv_philox: rv_base */
/* Ten rounds over four 32-bit words, each in a 64-bit lane: w holds the counter, then the result. */
RV_FN void rv_philox(uint64_t key, uint64_t w[4])
{
    uint64_t a = key & 0xffffffffu, b = key >> 32, x0 = w[0], x1 = w[1], x2 = w[2], x3 = w[3];
#define RV_ROUND \
    { \
        uint64_t p = 0xD2511F53u * x0, q = 0xCD9E8D57u * x2; \
        x0 = (q >> 32) ^ x1 ^ a; \
        x1 = q & 0xffffffffu; \
        x2 = (p >> 32) ^ x3 ^ b; \
        x3 = p & 0xffffffffu; \
        a = (a + 0x9E3779B9u) & 0xffffffffu; \
        b = (b + 0xBB67AE85u) & 0xffffffffu; \
    }
    RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND RV_ROUND
#undef RV_ROUND
    w[0] = x0;
    w[1] = x1;
    w[2] = x2;
    w[3] = x3;
}

/*@ rv_draw: rv_philox */
/* The block of one element and step. */
RV_FN void rv_draw(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, uint64_t w[4])
{
    w[0] = c0;
    w[1] = c1;
    w[2] = (uint64_t)step & 0xffffffffu;
    w[3] = (uint64_t)step >> 32;
    rv_philox(key, w);
}

/*@ rv_mix: rv_base */
/* The key of sub-draw m; m = 0 leaves the key as it is. A constant m costs one operation. */
RV_FN uint64_t rv_mix(uint64_t key, uint64_t m)
{
    uint64_t z = m * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return key ^ z ^ (z >> 31);
}

/*@ rv_fraction: rv_bits */
/* (high * 2^21 + low) 2^-53, exact, for high < 2^32 and low <= 2^21; no conversion of 64-bit integers, which AVX2
   does not have. */
RV_FN double rv_fraction(uint64_t high, uint64_t low)
{
    double h = rv_from_bits(0x4330000000000000u | high) - 0x1p52, l = rv_from_bits(0x4330000000000000u | low) - 0x1p52;
    return h * 0x1p-32 + l * 0x1p-53;
}

/*@ rv_u01: rv_draw rv_fraction */
/* Uniform in [0, 1), 53 bits. */
RV_FN double rv_u01(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4];
    rv_draw(key, c0, c1, step, w);
    return rv_fraction(w[0], w[1] >> 11);
}

/*@ rv_u01f: rv_draw rv_bits */
/* Uniform in [0, 1), 24 bits. */
RV_FN float rv_u01f(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4];
    rv_draw(key, c0, c1, step, w);
    return (float)(rv_from_bits(0x4330000000000000u | w[0] >> 8) - 0x1p52) * 0x1p-24f;
}

/*@ rv_normal: rv_draw rv_fraction rv_log_rest */
/* Box and Muller: radius from a 53-bit number in (0, 1], angle = quadrant (2 bits) + fraction of it (53 bits). */
RV_FN double rv_normal(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4];
    rv_draw(key, c0, c1, step, w);
    uint64_t u = rv_bits(rv_fraction(w[0], (w[1] >> 11) + 1)) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double f = rv_from_bits((u & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0, half = 0.5 * f * f;
    double k = rv_from_bits(u >> 52 | 0x4330000000000000u) - (0x1p52 + 1023.0);
    double log_u = __builtin_fma(k, 0x1.62e42fefa39efp-1, f - (half - rv_log_rest(f, half)));
    double g = rv_fraction((w[2] & 0x3fffffffu) << 2 | w[3] >> 30, w[3] >> 9 & 0x1fffffu);
    double a = (g - 0.5) * 0x1.921fb54442d18p+0, z = a * a;
    double s = 0x1.5d93018017cc9p-33, c = -0x1.8fae9cc040ccap-37; /* as in rv_sincos */
    s = __builtin_fma(s, z, -0x1.ae5e663c6f141p-26);
    s = __builtin_fma(s, z, 0x1.71de3577b9657p-19);
    s = __builtin_fma(s, z, -0x1.a01a019c119dcp-13);
    s = __builtin_fma(s, z, 0x1.111111110f87bp-7);
    s = __builtin_fma(s, z, -0x1.5555555555549p-3);
    c = __builtin_fma(c, z, 0x1.1ee9ebe9c70bcp-29);
    c = __builtin_fma(c, z, -0x1.27e4f809f1a2dp-22);
    c = __builtin_fma(c, z, 0x1.a01a019cb1bf6p-16);
    c = __builtin_fma(c, z, -0x1.6c16c16c1517ep-10);
    c = __builtin_fma(c, z, 0x1.555555555554cp-5);
    double sine = __builtin_fma(a * z, s, a), cosine = __builtin_fma(z * z, c, 1.0 - 0.5 * z);
    double y = w[2] & 0x40000000u ? sine : cosine, r = __builtin_sqrt(-2.0 * log_u);
    return r * (w[2] & 0x80000000u ? -y : y);
}

/*@ rv_normalf: rv_draw rv_bits rv_bitsf rv_log_restf */
/* The same from 32 and 26 bits. */
RV_FN float rv_normalf(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4];
    rv_draw(key, c0, c1, step, w);
    float x = (float)(rv_from_bits(0x4330000000000000u | w[0]) - (0x1p52 - 0.5)) * 0x1p-32f;
    float g = (float)(rv_from_bits(0x4330000000000000u | (w[2] & 0x3fffffffu)) - (0x1p52 + 0x1p29)) * 0x1p-30f;
    uint32_t u = rv_bitsf(x) + (0x3f800000u - 0x3f3504f3u);
    float f = rv_from_bitsf((u & 0x007fffffu) + 0x3f3504f3u) - 1.0f, half = 0.5f * f * f;
    float k = rv_from_bitsf(u >> 23 | 0x4b000000u) - (0x1p23f + 127.0f);
    float log_u = __builtin_fmaf(k, 0x1.62e43p-1f, f - (half - rv_log_restf(f, half)));
    float a = g * 0x1.921fb6p+0f, z = a * a;
    float s = -0x1.994e5ep-13f, c = 0x1.9a0226p-16f; /* |a| <= pi/4: 2^-28.1, 2^-33.3 */
    s = __builtin_fmaf(s, z, 0x1.11076p-7f);
    s = __builtin_fmaf(s, z, -0x1.555546p-3f);
    c = __builtin_fmaf(c, z, -0x1.6c0c8cp-10f);
    c = __builtin_fmaf(c, z, 0x1.55554ap-5f);
    float sine = __builtin_fmaf(a * z, s, a), cosine = __builtin_fmaf(z * z, c, 1.0f - 0.5f * z);
    float y = (uint32_t)w[2] & 0x40000000u ? sine : cosine, r = __builtin_sqrtf(-2.0f * log_u);
    return r * ((uint32_t)w[2] & 0x80000000u ? -y : y);
}

/*@ rv_scalar: rv_base */
/* Scalar distributions stay functions of their own, so that a kernel with several draws stays small. */
#define RV_SCALAR static __attribute__((noinline, unused))
#define RV_TRIES 128 /* acceptance is above 0.7 per try everywhere */

/*@ rv_packed_draw: rv_philox */
/* Packed uniform numbers share Philox calls: call `part` of a row has the counter (part << 29 | row, c1, step).
   Of a block of 64 elements (c0 div 64) the lowest number comes first, and which element has it; the others are uniform
   above it: together they are 64 independent uniform numbers. */
RV_FN void rv_packed_draw(uint64_t key, uint64_t part, uint64_t row, uint64_t c1, int64_t step, uint64_t w[4])
{
    w[0] = part << 29 | row;
    w[1] = c1;
    w[2] = (uint64_t)step & 0xffffffffu;
    w[3] = (uint64_t)step >> 32;
    rv_philox(key, w);
}

/*@ rv_packed_word: rv_packed_draw */
/* The 64 bits of a block: half of call 4, which blocks 8 apart share. 53 of them tell the lowest number, the last 6 the
   element that has it. */
RV_FN uint64_t rv_packed_word(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4], block = c0 >> 6;
    rv_packed_draw(key, 4, block >> 4 << 3 | (block & 7), c1, step, w);
    return block & 8 ? w[2] << 32 | w[3] : w[0] << 32 | w[1];
}

/*@ rv_packed_chance: rv_fraction */
/* Uniform in [0, 1). */
RV_FN double rv_packed_chance(uint64_t word)
{
    return rv_fraction(word >> 32, (word & 0xffffffffu) >> 11);
}

/*@ rv_packed_lowest: rv_packed_chance */
/* The lowest of 64 numbers, 1 - (1 - u)^(1/64), within 2^-52: with square roots alone, which are rounded the same
   everywhere. */
RV_FN double rv_packed_lowest(uint64_t word)
{
    double y = __builtin_sqrt(__builtin_sqrt(__builtin_sqrt(1.0 - rv_packed_chance(word))));
    return 1.0 - __builtin_sqrt(__builtin_sqrt(__builtin_sqrt(y)));
}

/*@ rv_packed_floor: rv_packed_chance */
/* No number of the block is below: (1 - u)^(1/64) <= 1 - u/64. */
RV_FN double rv_packed_floor(uint64_t word)
{
    double low = rv_packed_chance(word) * 0x1p-6 - 0x1p-50;
    return low > 0.0 ? low : 0.0;
}

/*@ rv_packed_above: rv_base */
/* A number of [0, 1) moved above the lowest of its block; ascending in v, and below 1. */
RV_FN double rv_packed_above(double low, double v)
{
    return __builtin_fma(1.0 - low, v, low);
}

/*@ rv_packed_bits: rv_packed_draw */
/* The numbers above the lowest have 64 bits, 16 from each of calls 0 to 3 of row c0 div 64 << 3 | c0 mod 8, which 8
   elements of the block share: those of column (c0 div 8) mod 8, of which word k holds column k above and k + 4 below. */
RV_FN uint64_t rv_packed_bits(uint64_t key, uint64_t part, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t w[4], word;
    rv_packed_draw(key, part, (uint64_t)(c0 >> 6 << 3 | (c0 & 7)), c1, step, w);
    word = c0 & 16 ? (c0 & 8 ? w[3] : w[2]) : (c0 & 8 ? w[1] : w[0]);
    return (c0 & 32 ? word : word >> 16) & 0xffffu;
}

/*@ rv_packed: rv_packed_bits rv_packed_word rv_packed_lowest rv_packed_above rv_fraction */
/* Uniform in [0, 1), from 53 bits. */
RV_FN double rv_packed(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t a = rv_packed_bits(key, 0, c0, c1, step), b = rv_packed_bits(key, 1, c0, c1, step);
    uint64_t c = rv_packed_bits(key, 2, c0, c1, step), d = rv_packed_bits(key, 3, c0, c1, step);
    uint64_t word = rv_packed_word(key, c0, c1, step);
    double low = rv_packed_lowest(word), v = rv_fraction(a << 16 | b, (c << 16 | d) >> 11);
    return (word & 63) == (c0 & 63) ? low : rv_packed_above(low, v);
}

/*@ rv_packedf: rv_packed_bits rv_packed_word rv_packed_lowest rv_packed_above rv_bits */
/* From 24, rounded once. */
RV_FN float rv_packedf(uint64_t key, uint32_t c0, uint32_t c1, int64_t step)
{
    uint64_t a = rv_packed_bits(key, 0, c0, c1, step), b = rv_packed_bits(key, 1, c0, c1, step);
    uint64_t word = rv_packed_word(key, c0, c1, step);
    double low = rv_packed_lowest(word);
    double v = (rv_from_bits(0x4330000000000000u | a << 8 | b >> 8) - 0x1p52) * 0x1p-24;
    return (float)((word & 63) == (c0 & 63) ? low : rv_packed_above(low, v));
}

/*@ rv_packed_block: rv_scalar rv_packed_draw rv_packed_above rv_fraction */
/* `rv_packed` of 64 elements from `first`, a multiple of 64; `low` is the lowest number, that of element `at`. */
RV_SCALAR void rv_packed_block(double *restrict out, uint64_t key, uint32_t first, int64_t step, double low, uint64_t at)
{
    for (int64_t j = 0; j < 8; j++) {
        uint64_t a[4], b[4], c[4], d[4], row = (uint64_t)(first >> 3) + (uint64_t)j;
        rv_packed_draw(key, 0, row, 0, step, a);
        rv_packed_draw(key, 1, row, 0, step, b);
        rv_packed_draw(key, 2, row, 0, step, c);
        rv_packed_draw(key, 3, row, 0, step, d);
        for (int k = 0; k < 4; k++) {
            uint64_t high = (a[k] & 0xffff0000u) | b[k] >> 16, last = (c[k] & 0xffff0000u) | d[k] >> 16;
            out[8 * k + j] = rv_packed_above(low, rv_fraction(high, last >> 11));
            high = (a[k] & 0xffffu) << 16 | (b[k] & 0xffffu);
            last = (c[k] & 0xffffu) << 16 | (d[k] & 0xffffu);
            out[8 * k + 32 + j] = rv_packed_above(low, rv_fraction(high, last >> 11));
        }
    }
    out[at] = low;
}

/*@ rv_packed_blockf: rv_scalar rv_packed_draw rv_packed_above rv_bits */
RV_SCALAR void rv_packed_blockf(float *restrict out, uint64_t key, uint32_t first, int64_t step, double low, uint64_t at)
{
    double wide[64];
    for (int64_t j = 0; j < 8; j++) {
        uint64_t a[4], b[4], row = (uint64_t)(first >> 3) + (uint64_t)j;
        rv_packed_draw(key, 0, row, 0, step, a);
        rv_packed_draw(key, 1, row, 0, step, b);
        for (int k = 0; k < 4; k++) {
            uint64_t high = a[k] >> 16 << 8 | b[k] >> 24, last = (a[k] & 0xffffu) << 8 | (b[k] & 0xffffu) >> 8;
            wide[8 * k + j] = (rv_from_bits(0x4330000000000000u | high) - 0x1p52) * 0x1p-24;
            wide[8 * k + 32 + j] = (rv_from_bits(0x4330000000000000u | last) - 0x1p52) * 0x1p-24;
        }
    }
    for (int q = 0; q < 64; q++)
        out[q] = (float)rv_packed_above(low, wide[q]);
    out[at] = (float)low;
}

/*@ rv_packed_window: rv_scalar rv_packed_draw */
/* `rv_packed_word` of the 32 blocks around `first`, from a multiple of 2048 on. */
RV_FN void rv_packed_window(uint64_t *restrict words, uint64_t key, uint32_t first, int64_t step)
{
    for (int64_t j = 0; j < 8; j++) {
        uint64_t a[2][4], row = (uint64_t)(first >> 11 << 4) + (uint64_t)j;
        rv_packed_draw(key, 4, row, 0, step, a[0]);
        rv_packed_draw(key, 4, row + 8, 0, step, a[1]);
        for (int b = 0; b < 2; b++)
            for (int k = 0; k < 2; k++)
                words[16 * b + 8 * k + j] = a[b][2 * k] << 32 | a[b][2 * k + 1];
    }
}

/*@ rv_packed_lows: rv_packed_window rv_packed_lowest */
/* The same, and their lowest numbers. */
RV_SCALAR void rv_packed_lows(uint64_t *restrict words, double *restrict lows, uint64_t key, uint32_t first,
                              int64_t step)
{
    rv_packed_window(words, key, first, step);
    for (int64_t b = 0; b < 32; b++)
        lows[b] = rv_packed_lowest(words[b]);
}

/*@ rv_packed_words: rv_packed_window rv_packed_floor */
/* The same, and their floors. */
RV_SCALAR void rv_packed_words(uint64_t *restrict words, double *restrict floors, uint64_t key, uint32_t first,
                               int64_t step)
{
    rv_packed_window(words, key, first, step);
    for (int64_t b = 0; b < 32; b++)
        floors[b] = rv_packed_floor(words[b]);
}

/*@ rv_packed_wordsf: rv_packed_words */
RV_FN void rv_packed_wordsf(uint64_t *restrict words, float *restrict floors, uint64_t key, uint32_t first,
                            int64_t step)
{
    double wide[32];
    rv_packed_words(words, wide, key, first, step);
    for (int b = 0; b < 32; b++)
        floors[b] = (float)wide[b];
}

/*@ rv_packed_range: rv_scalar rv_packed_draw rv_packed_above rv_bits */
/* The least and the most that the first 16 bits of each element of a block leave possible: an eighth of a call each.
   `rest` is what the other bits can add; `low` is the lowest number, that of element `at`. */
RV_SCALAR void rv_packed_range(double *restrict least, double *restrict most, uint64_t key, uint32_t first, int64_t step,
                               double low, uint64_t at, double rest)
{
    double v[64] __attribute__((aligned(64)));
    for (int64_t j = 0; j < 8; j++) {
        uint64_t a[4];
        rv_packed_draw(key, 0, (uint64_t)(first >> 3) + (uint64_t)j, 0, step, a);
        for (int k = 0; k < 4; k++) {
            v[8 * k + j] = rv_from_bits(0x3ff0000000000000u | a[k] >> 16 << 36) - 1.0;
            v[8 * k + 32 + j] = rv_from_bits(0x3ff0000000000000u | (a[k] & 0xffffu) << 36) - 1.0;
        }
    }
    for (int q = 0; q < 64; q++) {
        least[q] = rv_packed_above(low, v[q]);
        most[q] = rv_packed_above(low, v[q] + rest);
    }
    least[at] = most[at] = low;
}

/*@ rv_packed_ends: rv_packed_range rv_packed_lowest */
RV_FN void rv_packed_ends(double *restrict least, double *restrict most, uint64_t key, uint32_t first, int64_t step,
                        uint64_t word)
{
    rv_packed_range(least, most, key, first, step, rv_packed_lowest(word), word & 63, 0x1.fffffffffp-17);
}

/*@ rv_packed_endsf: rv_packed_range rv_packed_lowest */
RV_FN void rv_packed_endsf(float *restrict least, float *restrict most, uint64_t key, uint32_t first, int64_t step,
                         uint64_t word)
{
    double from[64], to[64];
    rv_packed_range(from, to, key, first, step, rv_packed_lowest(word), word & 63, 0x1.fep-17);
    for (int q = 0; q < 64; q++) {
        least[q] = (float)from[q];
        most[q] = (float)to[q];
    }
}

/*@ rv_pair: rv_draw rv_mix rv_fraction */
/* Two uniforms of sub-draw j: u in [0, 1) and v in (0, 1). */
RV_FN void rv_pair(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, uint64_t j, double *u, double *v)
{
    uint64_t w[4];
    rv_draw(rv_mix(key, j << 32), c0, c1, step, w);
    *u = rv_fraction(w[0], w[1] >> 11);
    *v = rv_fraction(w[2], w[3] >> 11) + 0x1p-54;
}

/*@ rv_stirling: rv_base */
/* log k! - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2) */
RV_FN double rv_stirling(double k)
{
    static const double first[10] = {
        0x1.4c071bcda0a5bp-4, 0x1.52a9b923ea649p-5, 0x1.c579a268d80b3p-6, 0x1.54a2662fd78a9p-6, 0x1.10b4e513fcbedp-6,
        0x1.c6b167bebdf36p-7, 0x1.85d4d612e4a86p-7, 0x1.552805e7b3076p-7, 0x1.2f4871b12ab64p-7, 0x1.10f9d4c0743a7p-7};
    if (k < 10.0)
        return first[(int)k];
    double x = 1.0 / (k + 1.0), z = x * x;
    return (0x1.5555555555555p-4 - (0x1.6c16c16c16c17p-9 - 0x1.a01a01a01a01ap-11 * z) * z) * x;
}

/*@ rv_poisson_large: rv_scalar rv_pair rv_stirling rv_normal rv_log rv_log1p */
/* Transformed rejection (Hoermann 1993, PTRS). Means from 2^52 on, whose neighbours are no longer counted, are drawn
   as normal. */
RV_SCALAR double rv_poisson_large(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, double mean)
{
    if (mean >= 0x1p52)
        return mean < RV_INF ? mean + __builtin_sqrt(mean) * rv_normal(key, c0, c1, step) : mean;
    double b = 0.931 + 2.53 * __builtin_sqrt(mean), a = -0.059 + 0.02483 * b;
    double scale = rv_log(1.1239 + 1.1328 / (b - 3.4)), accept = 0.9277 - 3.6224 / (b - 2.0);
    for (uint64_t j = 0; j < RV_TRIES; j++) {
        double u, v;
        rv_pair(key, c0, c1, step, j, &u, &v);
        u -= 0.5;
        double us = 0.5 - __builtin_fabs(u), k = __builtin_floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= accept)
            return k;
        if (!(k >= 0.0) || (us < 0.013 && v > us))
            continue;
        double n = k + 1.0, x = (mean - n) / n;
        double density = k * rv_log1p(x) - n * x - 0.5 * rv_log(n) - 0.91893853320467274 - rv_stirling(k);
        if (rv_log(v) + scale - rv_log(a / (us * us) + b) <= density)
            return k;
    }
    return __builtin_floor(mean);
}

/*@ rv_poisson: rv_poisson_large rv_u01 rv_exp */
/* Below 30 by inversion: probabilities are added up one by one until their sum passes one uniform number, or no longer
   changes. 0 for a mean of 0 or less. */
RV_SCALAR double rv_poisson(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, double mean)
{
    if (!(mean > 0.0))
        return mean != mean ? mean : 0.0;
    if (mean >= 30.0)
        return rv_poisson_large(key, c0, c1, step, mean);
    double u = rv_u01(key, c0, c1, step), p = rv_exp(-mean), sum = p, k = 0.0;
    while (u >= sum) {
        p = p * mean * (1.0 / (k + 1.0));
        double next = sum + p;
        if (next == sum)
            break;
        sum = next;
        k += 1.0;
    }
    return k;
}

/*@ rv_poisson_block: rv_scalar rv_poisson */
/* 64 consecutive elements at once, equal bits; `mean` holds 64 values. */
RV_SCALAR void rv_poisson_block(double *restrict out, uint64_t key, uint32_t first, int64_t step,
                                const double *restrict mean)
{
    double u[64], m[64], p[64], sum[64];
    int64_t more = 0;
    for (int q = 0; q < 64; q++) {
        int64_t small = (mean[q] > 0.0) & (mean[q] < 30.0);
        u[q] = rv_u01(key, first + (uint32_t)q, 0, step);
        m[q] = small ? mean[q] : 0.0;
        u[q] = small ? u[q] : -1.0;
        p[q] = sum[q] = rv_exp(-m[q]);
        out[q] = 0.0;
        more |= u[q] >= sum[q];
    }
    for (double k = 0.0; more; k += 1.0) {
        double inverse = 1.0 / (k + 1.0);
        more = 0;
        for (int q = 0; q < 64; q++) {
            p[q] = p[q] * m[q] * inverse;
            double next = sum[q] + p[q];
            int64_t on = (u[q] >= sum[q]) & (next != sum[q]);
            out[q] += on ? 1.0 : 0.0;
            more |= on;
            sum[q] = next;
        }
    }
    for (int q = 0; q < 64; q++)
        if (u[q] < 0.0)
            out[q] = rv_poisson(key, first + (uint32_t)q, 0, step, mean[q]);
}
/*@ rv_poisson_table: rv_scalar rv_exp */
/* The sums that `rv_poisson` compares with, for one mean below 30; padded with 2 to a multiple of 4. Returns their
   number, -1 for any other mean. */
#define RV_POISSON_TABLE 128
RV_SCALAR int64_t rv_poisson_table(double mean, double *restrict table)
{
    if (!(mean > 0.0 && mean < 30.0))
        return -1;
    int64_t n = 0;
    double p = rv_exp(-mean), sum = p;
    for (double k = 0.0; n < RV_POISSON_TABLE; k += 1.0) {
        p = p * mean * (1.0 / (k + 1.0));
        double next = sum + p;
        if (next == sum)
            break;
        table[n++] = sum;
        sum = next;
    }
    while (n % 4)
        table[n++] = 2.0;
    return n;
}
/*@ rv_poisson_fixed: rv_bits rv_poisson rv_poisson_table */
/* `rv_poisson_block` for 64 equal means, given their table. */
RV_SCALAR void rv_poisson_fixed(double *restrict out, uint64_t key, uint32_t first, int64_t step, double mean,
                                const double *restrict table, int64_t n)
{
    double u[64];
    int64_t count[64];
    for (int q = 0; q < 64; q++) {
        u[q] = rv_u01(key, first + (uint32_t)q, 0, step);
        count[q] = 0;
    }
    for (int64_t k = 0, more = 1; k < n && more; k += 4) {
        double a = table[k], b = table[k + 1], c = table[k + 2], d = table[k + 3];
        more = 0;
        for (int q = 0; q < 64; q++) {
            int64_t last = u[q] >= d;
            count[q] += (int64_t)(u[q] >= a) + (int64_t)(u[q] >= b) + (int64_t)(u[q] >= c) + last;
            more |= last;
        }
    }
    for (int q = 0; q < 64; q++)
        out[q] = rv_from_bits(0x4330000000000000u | (uint64_t)count[q]) - 0x1p52;
    if (n < 0)
        for (int q = 0; q < 64; q++)
            out[q] = rv_poisson(key, first + (uint32_t)q, 0, step, mean);
}
/*@ rv_gamma: rv_scalar rv_pair rv_normal rv_exp rv_log */
/* Scale 1; Marsaglia and Tsang (2000). Shapes below 1: the draw of shape + 1 times u^(1/shape). */
RV_SCALAR double rv_gamma(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, double shape)
{
    if (!(shape > 0.0) || shape == RV_INF)
        return shape < 0.0 ? RV_NAN : shape;
    double factor = 1.0, u, v, d = (shape < 1.0 ? shape + 1.0 : shape) - 0x1.5555555555555p-2;
    double c = 1.0 / __builtin_sqrt(9.0 * d);
    if (shape < 1.0) {
        rv_pair(key, c0, c1, step, 2 * RV_TRIES, &u, &v);
        factor = rv_exp(rv_log(v) / shape);
    }
    for (uint64_t j = 0; j < RV_TRIES; j++) {
        double x = rv_normal(rv_mix(key, 2 * j << 32), c0, c1, step), y = 1.0 + c * x;
        rv_pair(key, c0, c1, step, 2 * j + 1, &u, &v);
        y = y * y * y;
        if (y > 0.0 && rv_log(v) < 0.5 * x * x + d * (1.0 - y + rv_log(y)))
            return factor * d * y;
    }
    return factor * d;
}

/*@ rv_binomial: rv_scalar rv_pair rv_u01 rv_stirling rv_normal rv_exp rv_log rv_log1p */
/* Inversion below a mean of 10, else transformed rejection (Hoermann 1993, BTRS); beyond a standard deviation of 10^6
   as normal. n is rounded down; 0 for n below 1 or p of 0 or less, n for p of 1 or more. */
RV_SCALAR double rv_binomial(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, double n, double p)
{
    if (n != n || p != p || n == RV_INF)
        return RV_NAN;
    n = __builtin_floor(n);
    if (n < 1.0 || p <= 0.0)
        return 0.0;
    if (p >= 1.0)
        return n;
    double small = p > 0.5 ? 1.0 - p : p, odds = small / (1.0 - small), k = 0.0;
    double spread = __builtin_sqrt(n * small * (1.0 - small));
    if (n * small < 10.0) {
        double u = rv_u01(key, c0, c1, step), r = rv_exp(n * rv_log1p(-small)), sum = r;
        while (u >= sum && k < n) {
            r = r * ((n - k) / (k + 1.0) * odds);
            double next = sum + r;
            if (next == sum)
                break;
            sum = next;
            k += 1.0;
        }
    } else if (spread > 1e6) {
        k = __builtin_floor(n * small + spread * rv_normal(key, c0, c1, step) + 0.5);
        k = k < 0.0 ? 0.0 : k > n ? n : k;
    } else {
        double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * small, centre = n * small + 0.5;
        double accept = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread, m = __builtin_floor((n + 1.0) * small);
        double mode = (m + 0.5) * rv_log((m + 1.0) / (odds * (n - m + 1.0))) + rv_stirling(m) + rv_stirling(n - m);
        uint64_t j = 0;
        for (; j < RV_TRIES; j++) {
            double u, v;
            rv_pair(key, c0, c1, step, j, &u, &v);
            u -= 0.5;
            double us = 0.5 - __builtin_fabs(u);
            k = __builtin_floor((2.0 * a / us + b) * u + centre);
            if (us >= 0.07 && v <= accept)
                break;
            if (!(k >= 0.0 && k <= n))
                continue;
            double density = mode - rv_stirling(k) - rv_stirling(n - k);
            density += (n + 1.0) * rv_log((n - m + 1.0) / (n - k + 1.0));
            density += (k + 0.5) * rv_log(odds * (n - k + 1.0) / (k + 1.0));
            if (rv_log(v * alpha / (a / (us * us) + b)) <= density)
                break;
        }
        k = j < RV_TRIES ? k : m;
    }
    return p > 0.5 ? n - k : k;
}

/*@ rv_poissonf: rv_poisson */
RV_FN float rv_poissonf(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, float mean)
{
    return (float)rv_poisson(key, c0, c1, step, (double)mean);
}

/*@ rv_poisson_blockf: rv_poisson_block */
RV_FN void rv_poisson_blockf(float *restrict out, uint64_t key, uint32_t first, int64_t step,
                             const float *restrict mean)
{
    double wide[64], result[64];
    for (int q = 0; q < 64; q++)
        wide[q] = (double)mean[q];
    rv_poisson_block(result, key, first, step, wide);
    for (int q = 0; q < 64; q++)
        out[q] = (float)result[q];
}
/*@ rv_poisson_fixedf: rv_poisson_fixed */
RV_FN void rv_poisson_fixedf(float *restrict out, uint64_t key, uint32_t first, int64_t step, float mean,
                             const double *restrict table, int64_t n)
{
    double result[64];
    rv_poisson_fixed(result, key, first, step, (double)mean, table, n);
    for (int q = 0; q < 64; q++)
        out[q] = (float)result[q];
}
/*@ rv_gammaf: rv_gamma */
RV_FN float rv_gammaf(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, float shape)
{
    return (float)rv_gamma(key, c0, c1, step, (double)shape);
}

/*@ rv_binomialf: rv_binomial */
RV_FN float rv_binomialf(uint64_t key, uint32_t c0, uint32_t c1, int64_t step, float n, float p)
{
    return (float)rv_binomial(key, c0, c1, step, (double)n, (double)p);
}
#endif
