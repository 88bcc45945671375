/* Sums over presynaptic neurons, added up in an order that is always the same: blocks of 512 ranks; in a block 16 lanes
   (rank mod 16), then halves of the lanes; neighbouring blocks pairwise. -0.0 is the neutral element: what is not
   connected changes nothing, so the number of synapses may be any. */
typedef struct rv_sum {
    rv_f lane[16], value[32];
    int join[32]; /* height at which a value joins the one before */
    int n, next;
    int64_t block;
} rv_sum;

static inline __attribute__((unused)) void rv_sum_start(rv_sum *s)
{
    s->n = 0;
    s->next = 64;
    s->block = -1;
}

static inline __attribute__((unused)) void rv_sum_merge(rv_sum *s, int height)
{
    for (; s->n > 1 && s->join[s->n - 1] < height; s->n--)
        s->value[s->n - 2] += s->value[s->n - 1];
}

static inline __attribute__((unused)) void rv_sum_close(rv_sum *s)
{
    for (int half = 8; half; half /= 2)
        for (int l = 0; l < half; l++)
            s->lane[l] += s->lane[l + half];
    s->value[s->n] = s->lane[0];
    s->join[s->n++] = s->next;
}

static inline __attribute__((unused)) void rv_sum_open(rv_sum *s, int64_t block)
{
    if (s->block >= 0) {
        rv_sum_close(s);
        s->next = 64 - __builtin_clzll((unsigned long long)(s->block ^ block));
        rv_sum_merge(s, s->next);
    }
    for (int l = 0; l < 16; l++)
        s->lane[l] = (rv_f)-0.0;
    s->block = block;
}

static inline __attribute__((unused)) void rv_sum_add(rv_sum *s, int64_t rank, rv_f value)
{
    if (rank >> 9 != s->block)
        rv_sum_open(s, rank >> 9);
    s->lane[rank & 15] += value;
}

static inline __attribute__((unused)) rv_f rv_sum_end(rv_sum *s)
{
    rv_sum_close(s);
    rv_sum_merge(s, 65);
    return s->value[0];
}

/* 64 terms at once, the lanes of the current block in registers; -0.0 fills up what is left over of a row. */
typedef rv_f rv_lanes __attribute__((vector_size(64), aligned(64), may_alias));
enum { RV_WIDTH = 64 / sizeof(rv_f), RV_VECTORS = 16 / RV_WIDTH };

static inline __attribute__((unused, always_inline)) void rv_sum_tile(rv_lanes *low, rv_lanes *high, const rv_f *term)
{
    const rv_lanes *x = (const rv_lanes *)term;
    for (int n = 0; n < 4; n++) {
        *low += x[n * RV_VECTORS];
        *high += x[n * RV_VECTORS + RV_VECTORS - 1];
    }
}

static inline __attribute__((unused)) void rv_sum_keep(rv_sum *s, rv_lanes low, rv_lanes high)
{
    for (int l = 0; l < RV_WIDTH; l++) {
        s->lane[l] = low[l];
        s->lane[16 - RV_WIDTH + l] = high[l];
    }
}
