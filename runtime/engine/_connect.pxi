# Declarations of connect.h.

cdef extern from "connect.h" nogil:
    ctypedef struct cn_rows:
        int64_t n_pre, n_post
        int wide, parts
        int64_t *indptr
        void *target
    ctypedef struct cn_sides:
        const int32_t *pre
        const int32_t *post
        int64_t n_pre, n_post
        int allow_self
    int cn_all_to_all(cn_rows *r, const cn_sides *s)
    int cn_one_to_one(cn_rows *r, const cn_sides *s)
    int cn_fixed_probability(cn_rows *r, const cn_sides *s, double probability, uint64_t key)
    int cn_fixed_number(cn_rows *r, const cn_sides *s, int64_t number, uint64_t key, int replace, int by_post)
    int cn_sort_storage(const int32_t *pre, const int32_t *post, const int32_t *delay_number, int64_t n,
                        int64_t n_delays, cn_rows *r, int64_t *order)
    int cn_sort_delays(const int64_t *indptr, const void *target, const int32_t *delay_number, int64_t n_delays,
                       cn_rows *r, int64_t *order)
    int cn_post_index(const cn_rows *r, int64_t n_delays, const int64_t *creation, int64_t *post_indptr,
                      int64_t *order, void *source, int source_wide)
