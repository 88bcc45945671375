#include <stdlib.h>
#include <string.h>
#include "connect.h"
#include "engine.h"

int cn_sort_storage(const int32_t *pre, const int32_t *post, const int32_t *delay_number, int64_t n, int64_t n_delays,
                    cn_rows *r, int64_t *order)
{
    int64_t n_rows = r->n_pre, result = -1;
    int64_t *by_post = en_alloc(sizeof *by_post * (size_t)n);
    int64_t *next = calloc((size_t)(n_rows > r->n_post ? n_rows : r->n_post) + 1, sizeof *next);
    if (by_post && next && !cn_new_rows(r) && !cn_new_targets(r, n)) {
        for (int64_t q = 0; q < n; q++)
            next[post[q] + 1]++;
        cn_sum(next, r->n_post);
        for (int64_t q = 0; q < n; q++)
            by_post[next[post[q]]++] = q;
        for (int64_t q = 0; q < n; q++)
            r->indptr[pre[q] * n_delays + (delay_number ? delay_number[q] : 0) + 1]++;
        cn_sum(r->indptr, n_rows);
        memcpy(next, r->indptr, sizeof *next * (size_t)n_rows);
        for (int64_t p = 0; p < n; p++) {
            int64_t q = by_post[p], at = next[pre[q] * n_delays + (delay_number ? delay_number[q] : 0)]++;
            order[at] = q;
            cn_set(r->target, r->wide, at, post[q]);
        }
        result = 0;
    }
    free(by_post);
    free(next);
    return (int)result;
}

int cn_sort_delays(const int64_t *indptr, const void *target, const int32_t *delay_number, int64_t n_delays,
                   cn_rows *r, int64_t *order)
{
    int64_t n_pre = r->n_pre / n_delays;
    int64_t *next = malloc(sizeof *next * (size_t)n_delays);
    if (!next || cn_new_rows(r) || cn_new_targets(r, indptr[n_pre])) {
        free(next);
        return -1;
    }
    for (int64_t i = 0; i < n_pre; i++)
        for (int64_t q = indptr[i]; q < indptr[i + 1]; q++)
            r->indptr[i * n_delays + delay_number[q] + 1]++;
    cn_sum(r->indptr, r->n_pre);
    for (int64_t i = 0; i < n_pre; i++) {
        memcpy(next, r->indptr + i * n_delays, sizeof *next * (size_t)n_delays);
        for (int64_t q = indptr[i]; q < indptr[i + 1]; q++) {
            int64_t at = next[delay_number[q]]++;
            order[at] = q;
            cn_set(r->target, r->wide, at, cn_get(target, r->wide, q));
        }
    }
    free(next);
    return 0;
}

/* Shell sort of storage indices by creation number: runs are short, but need not be. */
static void sort_by_creation(int64_t *order, int64_t n, const int64_t *creation)
{
    int64_t gap = 1;
    while (gap < n / 3)
        gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (int64_t i = gap; i < n; i++) {
            int64_t moved = order[i], j = i;
            for (; j >= gap && creation[order[j - gap]] > creation[moved]; j -= gap)
                order[j] = order[j - gap];
            order[j] = moved;
        }
}

int cn_post_index(const cn_rows *r, int64_t n_delays, const int64_t *creation, int64_t *post_indptr, int64_t *order,
                  void *source, int source_wide)
{
    int64_t nnz = r->indptr[r->n_pre];
    int64_t *next = malloc(sizeof *next * (size_t)(r->n_post + 1));
    if (!next)
        return -1;
    memset(post_indptr, 0, sizeof *post_indptr * (size_t)(r->n_post + 1));
    for (int64_t q = 0; q < nnz; q++)
        post_indptr[cn_get(r->target, r->wide, q) + 1]++;
    cn_sum(post_indptr, r->n_post);
    memcpy(next, post_indptr, sizeof *next * (size_t)(r->n_post + 1));
    for (int64_t row = 0; row < r->n_pre; row++)
        for (int64_t q = r->indptr[row], pre = row / n_delays; q < r->indptr[row + 1]; q++) {
            int64_t at = next[cn_get(r->target, r->wide, q)]++;
            order[at] = q;
            cn_set(source, source_wide, at, pre);
        }
    free(next);
    if (!creation || n_delays == 1)
        return 0;
    for (int64_t j = 0; j < r->n_post; j++)
        for (int64_t begin = post_indptr[j], end; begin < post_indptr[j + 1]; begin = end) {
            uint32_t pre = cn_get(source, source_wide, begin);
            for (end = begin + 1; end < post_indptr[j + 1] && cn_get(source, source_wide, end) == pre; end++)
                ;
            sort_by_creation(order + begin, end - begin, creation);
        }
    return 0;
}
