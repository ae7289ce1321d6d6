#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float16 gt_expk_f32x16(float16 x, int16 k) {
  float16 c = x > (float16)(90.0f) ? (float16)(90.0f) : x; c = c < (float16)(-106.0f) ? (float16)(-106.0f) : c;
  const float16 t = fma(c, (float16)(0x1.715476p0f), (float16)(12582912.0f));
  const int16 n = (as_int16(t) - 0x4b400000) + k;
  const float16 f = t - (float16)(12582912.0f);
  const float16 r = fma(f, (float16)(0x1.05c61p-29f), fma(f, (float16)(-0x1.62e43p-1f), c));
  const float16 y = fma(r * r, fma(fma(fma(fma((float16)(0x1.6a1a72p-10f), r, (float16)(0x1.123fc6p-7f)), r, (float16)(0x1.555916p-5f)), r, (float16)(0x1.55548ap-3f)), r, (float16)(0x1.fffffcp-2f)), r) + (float16)(1.0f);
  const int16 h = n >> 1;
  return y * as_float16((h + 127) << 23) * as_float16((n - h + 127) << 23);
}
static inline float16 gt_exp_f32x16(float16 x) { return gt_expk_f32x16(x, (int16)(0)); }
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float gt_tree_max_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = (a > b) | (a != a) ? a : b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = (a > b) | (a != a) ? a : b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = (a > b) | (a != a) ? a : b; }
  const float a = r2.lo, b = r2.hi; return (a > b) | (a != a) ? a : b;
}
static inline float gt_tree_sum_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = a + b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = a + b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const float a = r2.lo, b = r2.hi; return a + b;
}

struct amax_sub_exp_sum_div_198d4a295415_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void amax_sub_exp_sum_div_198d4a295415(const __global float* restrict buffer0, __global float* restrict buffer1, const struct amax_sub_exp_sum_div_198d4a295415_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    float16 a3[64];
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(-INFINITY)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const float16 y1 = (q1_0 > c1) | (q1_0 != q1_0) ? q1_0 : c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(-INFINITY));
          const float16 y1 = (q1_0 > c1) | (q1_0 != q1_0) ? q1_0 : c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = (q1_0 > q1_2) | (q1_0 != q1_0) ? q1_0 : q1_2;
      const float16 w1_1 = (q1_1 > q1_3) | (q1_1 != q1_1) ? q1_1 : q1_3;
      const float16 w1 = (w1_0 > w1_1) | (w1_0 != w1_0) ? w1_0 : w1_1;
      const float v1 = gt_tree_max_f32x16(w1);
      float16 q4_0 = (float16)((float)(0)), q4_1 = q4_0, q4_2 = q4_0, q4_3 = q4_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v3 = gt_exp_f32x16(v2);
          a3[j >> 4] = v3;
          const float16 c4 = v3;
          const float16 y4 = q4_0 + c4;
          q4_0 = q4_1;
          q4_1 = q4_2;
          q4_2 = q4_3;
          q4_3 = y4;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v3 = gt_exp_f32x16(v2);
          a3[j >> 4] = v3;
          const float16 c4 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v3 : (float16)((float)(0));
          const float16 y4 = q4_0 + c4;
          q4_0 = q4_1;
          q4_1 = q4_2;
          q4_2 = q4_3;
          q4_3 = y4;
        }
      }
      const float16 w4_0 = q4_0 + q4_2;
      const float16 w4_1 = q4_1 + q4_3;
      const float16 w4 = w4_0 + w4_1;
      const float v4 = gt_tree_sum_f32x16(w4);
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v3 = a3[j >> 4];
          const float16 v5 = v3 / (float16)(v4);
          vstore16(v5, 0, b1 + (i0*n4 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v3 = a3[j >> 4];
          const float16 v5 = v3 / (float16)(v4);
          gt_put_f32x16(v5, b1 + (i0*n4 + j), m);
        }
      }
      ++i0;
    }
  }
}
