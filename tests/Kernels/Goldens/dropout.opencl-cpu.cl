#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline long16 gt_philox_i64x16(long16 key, long16 first, long16 i) {
  const ulong16 b = as_ulong16(first) + (as_ulong16(i) >> 2), low = (ulong16)(0xffffffffUL);
  ulong16 c0 = b & low, c1 = b >> 32, c2 = (ulong16)(0UL), c3 = (ulong16)(0UL), k0 = as_ulong16(key) & low, k1 = as_ulong16(key) >> 32;
  for (int r = 0; r < 10; r++) {
    const ulong16 p = c0 * (ulong16)(0xD2511F53UL), q = c2 * (ulong16)(0xCD9E8D57UL);
    c0 = (q >> 32) ^ c1 ^ k0; c1 = q & low;
    c2 = (p >> 32) ^ c3 ^ k1; c3 = p & low;
    k0 = (k0 + (ulong16)(0x9E3779B9UL)) & low; k1 = (k1 + (ulong16)(0xBB67AE85UL)) & low;
  }
  const long16 odd = (i & 1) != 0, upper = (i & 2) != 0;
  const ulong16 x = odd ? c1 : c0, y = odd ? c3 : c2;
  return as_long16(upper ? y : x);
}
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline long16 gt_shr_i64x16(long16 x, long16 n) { const long16 w = (long16)(8 * sizeof(long) - 1); return x >> ((n < (long16)(0)) | (n > w) ? w : n); }

struct philox_shift_right_mul_ge_where_de0f3c098ba8_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void philox_shift_right_mul_ge_where_de0f3c098ba8(const __global float* restrict buffer0, __global float* restrict buffer1, const struct philox_shift_right_mul_ge_where_de0f3c098ba8_integers k, const long scalar0, const long scalar1, const double scalar2, const double scalar3)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    long s0 = scalar0;
    long s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    const int g = get_group_id(0);
    int j = g * n1;
    const int e = min(j + n1, n0);
    const long v0 = s0;
    const long v1 = s1;
    const float v9 = (float)(s2);
    const float v12 = (float)(s3);
    for (; j + 16 <= e; j += 16) {
      const long16 v2 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      const long16 v3 = gt_philox_i64x16((long16)(v0), (long16)(v1), v2);
      const long16 v5 = gt_shr_i64x16(v3, (long16)((long)0x8UL));
      const float16 v6 = convert_float16(v5);
      const float16 v8 = v6 * (float16)(0x1.0p-24f);
      const int16 v10 = v8 >= (float16)(v9);
      const float16 v11 = vload16(0, b0 + (j));
      const float16 v13 = v11 * (float16)(v12);
      const float16 v15 = v10 ? v13 : (float16)(0.0f);
      vstore16(v15, 0, b1 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const long16 v2 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      const long16 v3 = gt_philox_i64x16((long16)(v0), (long16)(v1), v2);
      const long16 v5 = gt_shr_i64x16(v3, (long16)((long)0x8UL));
      const float16 v6 = convert_float16(v5);
      const float16 v8 = v6 * (float16)(0x1.0p-24f);
      const int16 v10 = v8 >= (float16)(v9);
      const float16 v11 = vload16(0, b0 + (j));
      const float16 v13 = v11 * (float16)(v12);
      const float16 v15 = v10 ? v13 : (float16)(0.0f);
      gt_put_f32x16(v15, b1 + (j), m);
    }
  }
}
