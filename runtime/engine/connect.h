/* Connectors: rows of synapses from lists of ranks, and the sorting of synapses. O(synapses) in time and memory. */
#ifndef RV_CONNECT_H
#define RV_CONNECT_H
#include <stdint.h>

/* Synapses by (pre rank, post rank). `indptr` (n_pre + 1) and `target` (uint16 or uint32) are from en_alloc. */
typedef struct cn_rows {
    int64_t n_pre, n_post; /* sizes of the populations */
    int wide;              /* targets are uint32       */
    int parts;             /* threads that build them; the rows are the same for any number */
    int64_t *indptr;
    void *target;
} cn_rows;

/* A connector's sides: ascending ranks, and whether a neuron may connect to the one of equal rank. */
typedef struct cn_sides {
    const int32_t *pre, *post;
    int64_t n_pre, n_post;
    int allow_self;
} cn_sides;

/* Functions that return int return 0, or -1: no memory. */

/* connect.c */
int cn_all_to_all(cn_rows *r, const cn_sides *s);
int cn_one_to_one(cn_rows *r, const cn_sides *s);
/* Transposes groups of synapses: group g, of neuron `rank[g]` (g itself when NULL), holds the neurons
   value[ptr[g] .. ptr[g + 1]) of the other side, fewer than n_values. Out: by neuron of the other side, in order. */
int cn_transpose(const int64_t *ptr, const int32_t *rank, int64_t n_groups, const uint32_t *value, int64_t n_values,
                 int64_t *out_ptr, void *out, int wide, int parts);

/* connect_random.c: every draw depends on the key, the rank of the neuron whose turn it is, and a count. */
int cn_fixed_probability(cn_rows *r, const cn_sides *s, double probability, uint64_t key);
/* `number` synapses per postsynaptic neuron (by_post) or per presynaptic neuron; the caller checks that there are
   as many to choose from. */
int cn_fixed_number(cn_rows *r, const cn_sides *s, int64_t number, uint64_t key, int replace, int by_post);

/* connect_sort.c: stable counting sorts. Row of a synapse: pre * n_delays + number of its delay (NULL: one delay). */
int cn_sort_storage(const int32_t *pre, const int32_t *post, const int32_t *delay_number, int64_t n, int64_t n_delays,
                    cn_rows *r, int64_t *order);
int cn_sort_delays(const int64_t *indptr, const void *target, const int32_t *delay_number, int64_t n_delays,
                   cn_rows *r, int64_t *order);
/* `creation` NULL: pairs that occur more than once stay in storage order. */
int cn_post_index(const cn_rows *r, int64_t n_delays, const int64_t *creation, int64_t *post_indptr, int64_t *order,
                  void *source, int source_wide);

static inline uint32_t cn_get(const void *ranks, int wide, int64_t q)
{
    return wide ? ((const uint32_t *)ranks)[q] : ((const uint16_t *)ranks)[q];
}

static inline void cn_set(void *ranks, int wide, int64_t q, int64_t rank)
{
    if (wide)
        ((uint32_t *)ranks)[q] = (uint32_t)rank;
    else
        ((uint16_t *)ranks)[q] = (uint16_t)rank;
}

/* Begin of a part of n rows or groups. */
static inline int64_t cn_begin(int64_t n, int part, int parts)
{
    return n * part / parts;
}

/* Memory for indptr (zeroed) and for n targets. */
int cn_new_rows(cn_rows *r);
int cn_new_targets(cn_rows *r, int64_t n);
void cn_sum(int64_t *indptr, int64_t n); /* counts at [i + 1] -> pointers */
#endif
