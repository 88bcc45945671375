/* Prints one hash per function over a fixed sample: equal output = equal bits. Also checks the Poisson blocks. */
#include <stdio.h>
#include <string.h>
#include "rv_random.h"

#define SAMPLES 8192

static uint64_t state;

static uint64_t next(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static double moderate(void)
{
    return (double)((int64_t)next() >> 11) * 0x1p-48; /* within +-16 */
}

/* Every fourth number has a random exponent, subnormal and infinite ones included. */
static void fill(double *x, float *xf)
{
    state = 2024;
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t u = next();
        x[i] = i % 4 ? moderate() : rv_from_bits(u);
        xf[i] = i % 4 ? (float)x[i] : rv_from_bitsf((uint32_t)u);
    }
}

static uint64_t hash_double(const double *y)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (int i = 0; i < SAMPLES; i++)
        h = (h ^ (y[i] != y[i] ? 1 : rv_bits(y[i]))) * 0x100000001b3u;
    return h;
}

static uint64_t hash_float(const float *y)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (int i = 0; i < SAMPLES; i++)
        h = (h ^ (y[i] != y[i] ? 1 : rv_bitsf(y[i]))) * 0x100000001b3u;
    return h;
}

static double x[SAMPLES], y[SAMPLES], z[SAMPLES];
static float xf[SAMPLES], yf[SAMPLES];

#define SWEEP(name) \
    __attribute__((noinline)) static void run_##name(double *restrict out, const double *restrict in) \
    { \
        for (int i = 0; i < SAMPLES; i++) \
            out[i] = rv_##name(in[i]); \
    } \
    __attribute__((noinline)) static void run_##name##f(float *restrict out, const float *restrict in) \
    { \
        for (int i = 0; i < SAMPLES; i++) \
            out[i] = rv_##name##f(in[i]); \
    }
#define SHOW(name) \
    run_##name(y, x); \
    printf(#name " %016llx", (unsigned long long)hash_double(y)); \
    run_##name##f(yf, xf); \
    printf(" %016llx\n", (unsigned long long)hash_float(yf));
#define ALL(X) \
    X(exp) X(expm1) X(exprel) X(log) X(log1p) X(log10) X(log2) X(sin) X(cos) X(tan) X(sinh) X(cosh) X(tanh)
ALL(SWEEP)

__attribute__((noinline)) static void run_pow(double *restrict out, const double *restrict in, const double *restrict to)
{
    for (int i = 0; i < SAMPLES; i++)
        out[i] = rv_pow(in[i], to[i]);
}

__attribute__((noinline)) static void run_powf(float *restrict out, const float *restrict in, const double *restrict to)
{
    for (int i = 0; i < SAMPLES; i++)
        out[i] = rv_powf(in[i], (float)to[i]);
}

#define DRAW(name, ...) \
    for (int i = 0; i < SAMPLES; i++) { \
        y[i] = rv_##name(0x123456789abcdefu, (uint32_t)i, 7, 1ll << 33 __VA_ARGS__); \
        yf[i] = rv_##name##f(0x123456789abcdefu, (uint32_t)i, 7, 1ll << 33 __VA_ARGS__); \
    } \
    printf(#name " %016llx %016llx\n", (unsigned long long)hash_double(y), (unsigned long long)hash_float(yf));

static int blocks_differ(double mean, double slope)
{
    double means[64], block[64];
    for (int q = 0; q < 64; q++)
        means[q] = mean + slope * q;
    for (int uniform = slope == 0.0; uniform >= 0; uniform--) {
        if (uniform) {
            double table[RV_POISSON_TABLE];
            int64_t n = rv_poisson_table(mean, table);
            rv_poisson_fixed(block, 99, 640, 12345, mean, table, n);
        } else {
            rv_poisson_block(block, 99, 640, 12345, means);
        }
        for (int q = 0; q < 64; q++) {
            double one = rv_poisson(99, 640 + (uint32_t)q, 0, 12345, means[q]);
            if (rv_bits(one) != rv_bits(block[q]) && one == one)
                return 1;
        }
    }
    return 0;
}

/* Two packed blocks equal single draws, each within what its block and its first bits leave possible. */
static int packed_blocks_differ(void)
{
    const int64_t step = 1ll << 40;
    double all[64], least[64], most[64], floors[32], lows[32];
    float allf[64], leastf[64], mostf[64], floorsf[32];
    uint64_t words[32];
    for (uint32_t first = 4294966784u; first; first += 64) {
        rv_packed_words(words, floors, 77, first, step);
        rv_packed_wordsf(words, floorsf, 77, first, step);
        const uint32_t block = first / 64 % 32;
        const uint64_t word = words[block];
        if (word != rv_packed_word(77, first, 0, step))
            return 1;
        rv_packed_lows(words, lows, 77, first, step);
        rv_packed_block(all, 77, first, step, lows[block], word & 63);
        rv_packed_blockf(allf, 77, first, step, lows[block], word & 63);
        rv_packed_ends(least, most, 77, first, step, word);
        rv_packed_endsf(leastf, mostf, 77, first, step, word);
        for (uint32_t q = 0; q < 64; q++) {
            double one = rv_packed(77, first + q, 0, step);
            float onef = rv_packedf(77, first + q, 0, step);
            if (one != all[q] || one < least[q] || one > most[q] || one < floors[block] || one >= 1.0)
                return 1;
            if (onef != allf[q] || onef < leastf[q] || onef > mostf[q] || onef < floorsf[block] || onef >= 1.0f)
                return 1;
        }
    }
    return 0;
}

int main(void)
{
    fill(x, xf);
    ALL(SHOW)
    for (int i = 0; i < SAMPLES; i++)
        z[i] = i % 3 ? moderate() : __builtin_floor(moderate());
    run_pow(y, x, z);
    run_powf(yf, xf, z);
    printf("pow %016llx %016llx\n", (unsigned long long)hash_double(y), (unsigned long long)hash_float(yf));
    DRAW(u01)
    DRAW(packed)
    if (packed_blocks_differ())
        return printf("packed blocks differ\n"), 1;
    DRAW(normal)
    DRAW(poisson, , 0.01f * (float)i)
    DRAW(gamma, , 0.01f * (float)i)
    DRAW(binomial, , (float)(i % 300), (float)(i % 64) / 64.0f)
    double means[] = {0.0, -1.0, 1e-300, 0.05, 1.0, 7.5, 29.9, 30.0, 200.0, 1e17, __builtin_nan(""), __builtin_inf()};
    for (unsigned k = 0; k < sizeof means / sizeof *means; k++)
        if (blocks_differ(means[k], 0.0) || blocks_differ(means[k], 0.7))
            return printf("blocks differ at mean %g\n", means[k]), 1;
    return 0;
}
