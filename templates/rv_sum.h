/* Sums over presynaptic neurons, added up in an order that is always the same: blocks of 512 ranks; in a block 16 lanes
   (rank mod 16), then halves of the lanes; neighbouring blocks pairwise. -0.0 is the neutral element: what is not
   connected changes nothing, so the number of synapses may be any. */
typedef rv_f rv_lanes __attribute__((vector_size(64), aligned(64), may_alias));
typedef rv_f rv_lanes8 __attribute__((vector_size(8 * sizeof(rv_f))));
typedef rv_f rv_lanes4 __attribute__((vector_size(4 * sizeof(rv_f))));
enum { RV_WIDTH = 64 / sizeof(rv_f), RV_VECTORS = 16 / RV_WIDTH };
enum { RV_ABREAST = 5, RV_APART = 16 }; /* rows of a matrix at a time, and how far they are from each other */
#ifdef __clang__
#define RV_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define RV_UNROLLED _Pragma("GCC unroll 8")
#endif

typedef struct rv_sum {
    rv_f lane[16] __attribute__((aligned(64)));
    rv_f value[32];
    int join[32]; /* height at which a value joins the one before */
    int n;
    int64_t block, last; /* of the lanes; of the last value; -1: none */
} rv_sum;

static inline __attribute__((unused)) void rv_sum_start(rv_sum *s)
{
    s->n = 0;
    s->block = s->last = -1;
}

static inline __attribute__((unused)) void rv_sum_merge(rv_sum *s, int height)
{
    for (; s->n > 1 && s->join[s->n - 1] < height; s->n--)
        s->value[s->n - 2] += s->value[s->n - 1];
}

/* Takes the sum of a block; blocks come in ascending order. */
static inline __attribute__((unused)) void rv_sum_push(rv_sum *s, int64_t block, rv_f value)
{
    const int height = s->last < 0 ? 64 : 64 - __builtin_clzll((unsigned long long)(s->last ^ block));
    rv_sum_merge(s, height);
    s->value[s->n] = value;
    s->join[s->n++] = height;
    s->last = block;
}

/* The sum of the lanes: two vectors of 8, or one of 16, which is low and high. */
static inline __attribute__((unused, always_inline)) rv_f rv_sum_fold(rv_lanes low, rv_lanes high)
{
    union { rv_lanes all[RV_VECTORS]; rv_lanes8 half[2]; } x;
    union { rv_lanes8 all; rv_lanes4 half[2]; } y;
    x.all[0] = low;
    x.all[RV_VECTORS - 1] = high;
    y.all = x.half[0] + x.half[1];
    const rv_lanes4 z = y.half[0] + y.half[1];
    return (z[0] + z[2]) + (z[1] + z[3]);
}

static inline __attribute__((unused)) void rv_sum_close(rv_sum *s)
{
    const rv_lanes *lane = (const rv_lanes *)s->lane;
    if (s->block >= 0)
        rv_sum_push(s, s->block, rv_sum_fold(lane[0], lane[RV_VECTORS - 1]));
}

static inline __attribute__((unused)) void rv_sum_add(rv_sum *s, int64_t rank, rv_f value)
{
    if (rank >> 9 != s->block) {
        rv_sum_close(s);
        for (int l = 0; l < 16; l++)
            s->lane[l] = (rv_f)-0.0;
        s->block = rank >> 9;
    }
    s->lane[rank & 15] += value;
}

static inline __attribute__((unused)) rv_f rv_sum_end(rv_sum *s)
{
    rv_sum_close(s);
    rv_sum_merge(s, 65);
    return s->n ? s->value[0] : (rv_f)-0.0;
}

/* 16 terms, or several times as many, the lanes of the current block in registers; -0.0 fills up what a row lacks. */
static inline __attribute__((unused, always_inline)) void rv_sum_tile(rv_lanes *low, rv_lanes *high, const rv_f *term, int rounds)
{
    const rv_lanes *x = (const rv_lanes *)term;
    for (int n = 0; n < rounds; n++) {
        *low += x[n * RV_VECTORS];
        *high += x[n * RV_VECTORS + RV_VECTORS - 1];
    }
}
