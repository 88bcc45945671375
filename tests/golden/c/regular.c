RV_EXPORT int rv_abi(void) { return RV_ABI; }
#define RV_BLOCK 512
#define RV_LANES 16
#define RV_ROUNDS 64
#define RV_sum(x, y) ((x) + (y))
#define RV_min(x, y) rv_fmin(x, y)
#define RV_max(x, y) rv_fmax(x, y)
static rv_f rv_fold_max(const rv_f *restrict x)
{
    rv_f lane[RV_LANES];
    for (int64_t l = 0; l < RV_LANES; l++)
        lane[l] = x[l];
    for (int64_t q = RV_LANES; q < RV_BLOCK; q += RV_LANES)
        for (int64_t l = 0; l < RV_LANES; l++)
            lane[l] = RV_max(lane[l], x[q + l]);
    for (int64_t half = RV_LANES / 2; half; half /= 2)
        for (int64_t l = 0; l < half; l++)
            lane[l] = RV_max(lane[l], lane[half + l]);
    return lane[0];
}

RV_INNER void rv_reduce0_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_v, rv_f *restrict out0)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)count;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        out0[q] = __builtin_fabs(m_v);
    }
}

RV_EXPORT void rv_reduce0(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    rv_f value[1][RV_BLOCK] __attribute__((aligned(64))), part[1][RV_ROUNDS];
    int depth = 0;
    for (int64_t block = begin; block < end; block += RV_BLOCK) {
        int64_t filled = 0;
        for (int64_t first = block; first < end && filled < RV_BLOCK; first += 64, filled += 64)
            rv_reduce0_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[2] + first, value[0] + filled);
        for (int64_t q = args->n - block; q < RV_BLOCK; q++)
            value[0][q] = -(rv_f)__builtin_inf();
        part[0][depth] = rv_fold_max(value[0]);
        depth++;
        for (int64_t blocks = block / RV_BLOCK + 1; !(blocks & 1); blocks >>= 1) {
            depth--;
            part[0][depth - 1] = RV_max(part[0][depth - 1], part[0][depth]);
        }
    }
    for (; depth > 1; depth--) {
        part[0][depth - 2] = RV_max(part[0][depth - 2], part[0][depth - 1]);
    }
    for (int64_t q = 0; q < 64; q++)
        ((rv_f *)a[4])[q] = part[0][0];
}
RV_EXPORT void rv_shared(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)begin; (void)end; (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    rv_i *p_m_count = args->a[0];
    const rv_i m_count = p_m_count[0];
    const rv_i new_p_m_count = (((rv_i)2) * m_count);
    for (int64_t q = 0; q < 64; q++) {
        p_m_count[q] = new_p_m_count;
    }
}
RV_INNER void rv_code_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_s, rv_f *restrict p_m_v, rv_f *restrict p_m_y, const rv_f *restrict p_r0)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_s = p_m_s[q];
        const rv_f m_v = p_m_v[q];
        const rv_f r0 = p_r0[q];
        const rv_f t0 = (m_v + m_s);
        p_m_v[q] = t0;
        p_m_y[q] = r0;
    }
}

RV_EXPORT void rv_code(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_code_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[1] + (first & mask[1]), (rv_f *)a[2] + first, (rv_f *)a[3] + first, (const rv_f *)a[4] + (first & mask[4]));
    }
}
