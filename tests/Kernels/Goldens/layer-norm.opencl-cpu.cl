#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float gt_tree_sum_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = a + b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = a + b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const float a = r2.lo, b = r2.hi; return a + b;
}

struct sum_div_sub_mul_add_rsqrt_4779ab3ac1f7_integers { int n[9]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_div_sub_mul_add_rsqrt_4779ab3ac1f7(const __global float* restrict buffer0, const __global float* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct sum_div_sub_mul_add_rsqrt_4779ab3ac1f7_integers k, const double scalar0)
{
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    const __global float* b2 = buffer2 + k.n[2];
    __global float* b3 = buffer3 + k.n[3];
    double s0 = scalar0;
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      const float v8 = (float)(s0);
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(0));
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = q1_0 + q1_2;
      const float16 w1_1 = q1_1 + q1_3;
      const float16 w1 = w1_0 + w1_1;
      const float v1 = gt_tree_sum_f32x16(w1);
      const float v3 = v1 / 0x1.0p10f;
      float16 q6_0 = (float16)((float)(0)), q6_1 = q6_0, q6_2 = q6_0, q6_3 = q6_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v4 = v0 - (float16)(v3);
          const float16 v5 = v4 * v4;
          const float16 c6 = v5;
          const float16 y6 = q6_0 + c6;
          q6_0 = q6_1;
          q6_1 = q6_2;
          q6_2 = q6_3;
          q6_3 = y6;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v4 = v0 - (float16)(v3);
          const float16 v5 = v4 * v4;
          const float16 c6 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v5 : (float16)((float)(0));
          const float16 y6 = q6_0 + c6;
          q6_0 = q6_1;
          q6_1 = q6_2;
          q6_2 = q6_3;
          q6_3 = y6;
        }
      }
      const float16 w6_0 = q6_0 + q6_2;
      const float16 w6_1 = q6_1 + q6_3;
      const float16 w6 = w6_0 + w6_1;
      const float v6 = gt_tree_sum_f32x16(w6);
      const float v7 = v6 / 0x1.0p10f;
      const float v9 = v7 + v8;
      const float v10 = (float)(1) / sqrt(v9);
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v4 = v0 - (float16)(v3);
          const float16 v11 = v4 * (float16)(v10);
          const float16 v12 = vload16(0, b1 + (j));
          const float16 v13 = v11 * v12;
          const float16 v14 = vload16(0, b2 + (j));
          const float16 v15 = v13 + v14;
          vstore16(v15, 0, b3 + (i0*n4 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v4 = v0 - (float16)(v3);
          const float16 v11 = v4 * (float16)(v10);
          const float16 v12 = vload16(0, b1 + (j));
          const float16 v13 = v11 * v12;
          const float16 v14 = vload16(0, b2 + (j));
          const float16 v15 = v13 + v14;
          gt_put_f32x16(v15, b3 + (i0*n4 + j), m);
        }
      }
      ++i0;
    }
  }
}
