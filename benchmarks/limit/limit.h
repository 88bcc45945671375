/* What the hand-written programs share: numbers, clock, random numbers, spike list, sparse rows. */
#ifndef LIMIT_H
#define LIMIT_H
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#ifdef SINGLE
typedef float real;
typedef int32_t mask;
#else
typedef double real;
typedef int64_t mask;
#endif
#define R(x) ((real)(x))

/* Processor time (s). */
static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* splitmix64 */
static uint64_t random_state;
static inline uint64_t bits(void) {
    uint64_t z = (random_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
static inline double uniform(void) { return (bits() >> 11) * 0x1.0p-53; }
static inline double normal(void) { return sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform()); }

/* Zeroed memory in huge pages where that pays. */
static void *array(size_t bytes) {
    size_t unit = bytes > (1u << 21) ? (1u << 21) : 4096;
    bytes = (bytes + 2 * unit) / unit * unit;
    void *p = aligned_alloc(unit, bytes);
    if (!p) abort();
    madvise(p, bytes, MADV_HUGEPAGE);
    return memset(p, 0, bytes);
}

/* exp by a polynomial of degree 11 (6 in single precision) on [-ln2/2, ln2/2]: plain C that vectorises. */
static inline __attribute__((always_inline)) double exp_double(double x) {
    x = x < -700 ? -700 : x;
    x = x > 700 ? 700 : x;
    double n = __builtin_rint(x * 1.4426950408889634);
    double r = __builtin_fma(n, -0x1.abc9e3b39803fp-56, __builtin_fma(n, -0x1.62e42fefa39efp-1, x));
    double p = __builtin_fma(r, 2.5110049204818658e-08, 2.763265472252779e-07);
    p = __builtin_fma(p, r, 2.755724088722987e-06);
    p = __builtin_fma(p, r, 2.4801485441561313e-05);
    p = __builtin_fma(p, r, 0.00019841269890076403);
    p = __builtin_fma(p, r, 0.0013888888952352863);
    p = __builtin_fma(p, r, 0.008333333333319589);
    p = __builtin_fma(p, r, 0.04166666666648795);
    p = __builtin_fma(p, r, 0.1666666666666668);
    p = __builtin_fma(p, r, 0.5000000000000019);
    p = __builtin_fma(p, r, 1);
    p = __builtin_fma(p, r, 1);
    union { int64_t i; double d; } scale = {.i = ((int64_t)n + 1023) << 52};
    return p * scale.d;
}
static inline __attribute__((always_inline)) float exp_single(float x) {
    x = x < -87 ? -87 : x;
    x = x > 88 ? 88 : x;
    float n = __builtin_rintf(x * 1.44269504f);
    float r = __builtin_fmaf(n, 0x1.05c61p-29f, __builtin_fmaf(n, -0x1.62e430p-1f, x));
    float p = __builtin_fmaf(r, 0.0013941118895837f, 0.008375134774624326f);
    p = __builtin_fmaf(p, r, 0.04166635277111221f);
    p = __builtin_fmaf(p, r, 0.16666415414041177f);
    p = __builtin_fmaf(p, r, 0.5000000047146057f);
    p = __builtin_fmaf(p, r, 1.0000000377388714f);
    p = __builtin_fmaf(p, r, 1);
    union { int32_t i; float f; } scale = {.i = ((int32_t)n + 127) << 23};
    return p * scale.f;
}
#ifdef SINGLE
#define EXP exp_single
#else
#define EXP exp_double
#endif

/* Ranks with a nonzero mask, ascending. */
static inline int scan(const mask *restrict m, int n, int32_t *restrict list) {
    int count = 0;
    for (int b = 0; b < n; b += 32) {
        mask any = 0;
        for (int j = 0; j < 32; j++) any |= m[b + j];
        if (any)
            for (int j = b; j < b + 32 && j < n; j++)
                if (m[j]) list[count++] = j;
    }
    return count;
}

/* Rows of targets by presynaptic neuron, drawn pair by pair with probability p (geometric gaps). */
__attribute__((unused)) static size_t connect(int n, double p, uint32_t **start, uint16_t **target) {
    uint32_t *s = array(4 * ((size_t)n + 1));
    uint16_t *t = array(2 * (size_t)(n * (double)n * p * 1.2 + 1000));
    size_t k = 0;
    double scale = 1 / log1p(-p);
    for (int i = 0; i < n; i++) {
        s[i] = k;
        for (double j = floor(log(1 - uniform()) * scale); j < n; j += 1 + floor(log(1 - uniform()) * scale)) t[k++] = j;
    }
    s[n] = k;
    *start = s;
    *target = t;
    return k;
}

static inline void prefetch(const void *p, size_t bytes) {
    for (size_t k = 0; k < bytes; k += 64) __builtin_prefetch((const char *)p + k, 0, 1);
}

static void report(size_t synapses, double seconds, long spikes) {
    printf("{\"synapses\": %zu, \"run_s\": %.6f, \"spikes\": %ld}\n", synapses, seconds, spikes);
}
#endif
