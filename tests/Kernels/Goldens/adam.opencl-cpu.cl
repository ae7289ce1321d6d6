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

struct mul_sum_add_sub_sqrt_div_86db9fddbc10_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void mul_sum_add_sub_sqrt_div_86db9fddbc10(__global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, __global float* restrict buffer4, const struct mul_sum_add_sub_sqrt_div_86db9fddbc10_integers k, const double scalar0, const double scalar1, const double scalar2, const double scalar3, const double scalar4, const double scalar5)
{
  {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    for (; row < last; row++) {
      float16 q2_0 = (float16)((float)(0)), q2_1 = q2_0, q2_2 = q2_0, q2_3 = q2_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (j));
          const float16 v1 = v0 * v0;
          const float16 c2 = v1;
          const float16 y2 = q2_0 + c2;
          q2_0 = q2_1;
          q2_1 = q2_2;
          q2_2 = q2_3;
          q2_3 = y2;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (j));
          const float16 v1 = v0 * v0;
          const float16 c2 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v1 : (float16)((float)(0));
          const float16 y2 = q2_0 + c2;
          q2_0 = q2_1;
          q2_1 = q2_2;
          q2_2 = q2_3;
          q2_3 = y2;
        }
      }
      const float16 w2_0 = q2_0 + q2_2;
      const float16 w2_1 = q2_1 + q2_3;
      const float16 w2 = w2_0 + w2_1;
      const float v2 = gt_tree_sum_f32x16(w2);
      b1[0] = v2;
    }
  }
  {
    int n0 = k.n[8];
    int n1 = k.n[9];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer2 + k.n[2];
    __global float* b2 = buffer3 + k.n[3];
    __global float* b3 = buffer4 + k.n[4];
    double s0 = scalar0;
    double s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    double s4 = scalar4;
    double s5 = scalar5;
    const int g = 0;
    int j = g * n1;
    const int e = min(j + n1, n0);
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v14 = (float)(s2);
    const float v15 = 0.0f * v14;
    const float v19 = (float)(s3);
    const float v21 = (float)(s4);
    const float v24 = (float)(s5);
    for (; j + 16 <= e; j += 16) {
      const float16 v1 = vload16(0, b0 + (j));
      const float16 v2 = (float16)(0x1.0p0f) * v1;
      const float16 v3 = v2 + v2;
      vstore16(v3, 0, b1 + (j));
      const float16 v6 = v3 - (float16)(0.0f);
      const float16 v8 = v6 * (float16)(v7);
      const float16 v9 = (float16)(0.0f) + v8;
      vstore16(v9, 0, b2 + (j));
      const float16 v11 = v3 * v3;
      const float16 v13 = v11 * (float16)(v12);
      const float16 v16 = (float16)(v15) + v13;
      vstore16(v16, 0, b3 + (j));
      const float16 v18 = sqrt(v16);
      const float16 v20 = v18 / (float16)(v19);
      const float16 v22 = v20 + (float16)(v21);
      const float16 v23 = v9 / v22;
      const float16 v25 = v23 * (float16)(v24);
      const float16 v26 = v1 - v25;
      vstore16(v26, 0, b0 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const float16 v1 = vload16(0, b0 + (j));
      const float16 v2 = (float16)(0x1.0p0f) * v1;
      const float16 v3 = v2 + v2;
      gt_put_f32x16(v3, b1 + (j), m);
      const float16 v6 = v3 - (float16)(0.0f);
      const float16 v8 = v6 * (float16)(v7);
      const float16 v9 = (float16)(0.0f) + v8;
      gt_put_f32x16(v9, b2 + (j), m);
      const float16 v11 = v3 * v3;
      const float16 v13 = v11 * (float16)(v12);
      const float16 v16 = (float16)(v15) + v13;
      gt_put_f32x16(v16, b3 + (j), m);
      const float16 v18 = sqrt(v16);
      const float16 v20 = v18 / (float16)(v19);
      const float16 v22 = v20 + (float16)(v21);
      const float16 v23 = v9 / v22;
      const float16 v25 = v23 * (float16)(v24);
      const float16 v26 = v1 - v25;
      gt_put_f32x16(v26, b0 + (j), m);
    }
  }
}

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

struct mul_sum_add_sub_sqrt_div_f1d0def77009_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void mul_sum_add_sub_sqrt_div_f1d0def77009(__global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, __global float* restrict buffer4, const struct mul_sum_add_sub_sqrt_div_f1d0def77009_integers k, const double scalar0, const double scalar1, const double scalar2, const double scalar3, const double scalar4, const double scalar5)
{
  {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    for (; row < last; row++) {
      float16 q2_0 = (float16)((float)(0)), q2_1 = q2_0, q2_2 = q2_0, q2_3 = q2_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (j));
          const float16 v1 = v0 * v0;
          const float16 c2 = v1;
          const float16 y2 = q2_0 + c2;
          q2_0 = q2_1;
          q2_1 = q2_2;
          q2_2 = q2_3;
          q2_3 = y2;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (j));
          const float16 v1 = v0 * v0;
          const float16 c2 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v1 : (float16)((float)(0));
          const float16 y2 = q2_0 + c2;
          q2_0 = q2_1;
          q2_1 = q2_2;
          q2_2 = q2_3;
          q2_3 = y2;
        }
      }
      const float16 w2_0 = q2_0 + q2_2;
      const float16 w2_1 = q2_1 + q2_3;
      const float16 w2 = w2_0 + w2_1;
      const float v2 = gt_tree_sum_f32x16(w2);
      b1[0] = v2;
    }
  }
  {
    int n0 = k.n[8];
    int n1 = k.n[9];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer2 + k.n[2];
    __global float* b2 = buffer3 + k.n[3];
    __global float* b3 = buffer4 + k.n[4];
    double s0 = scalar0;
    double s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    double s4 = scalar4;
    double s5 = scalar5;
    const int g = 0;
    int j = g * n1;
    const int e = min(j + n1, n0);
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v15 = (float)(s2);
    const float v20 = (float)(s3);
    const float v22 = (float)(s4);
    const float v25 = (float)(s5);
    for (; j + 16 <= e; j += 16) {
      const float16 v1 = vload16(0, b0 + (j));
      const float16 v2 = (float16)(0x1.0p0f) * v1;
      const float16 v3 = v2 + v2;
      vstore16(v3, 0, b1 + (j));
      const float16 v5 = vload16(0, b2 + (j));
      const float16 v6 = v3 - v5;
      const float16 v8 = v6 * (float16)(v7);
      const float16 v9 = v5 + v8;
      vstore16(v9, 0, b2 + (j));
      const float16 v11 = vload16(0, b3 + (j));
      const float16 v13 = v11 * (float16)(v12);
      const float16 v14 = v3 * v3;
      const float16 v16 = v14 * (float16)(v15);
      const float16 v17 = v13 + v16;
      vstore16(v17, 0, b3 + (j));
      const float16 v19 = sqrt(v17);
      const float16 v21 = v19 / (float16)(v20);
      const float16 v23 = v21 + (float16)(v22);
      const float16 v24 = v9 / v23;
      const float16 v26 = v24 * (float16)(v25);
      const float16 v27 = v1 - v26;
      vstore16(v27, 0, b0 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const float16 v1 = vload16(0, b0 + (j));
      const float16 v2 = (float16)(0x1.0p0f) * v1;
      const float16 v3 = v2 + v2;
      gt_put_f32x16(v3, b1 + (j), m);
      const float16 v5 = vload16(0, b2 + (j));
      const float16 v6 = v3 - v5;
      const float16 v8 = v6 * (float16)(v7);
      const float16 v9 = v5 + v8;
      gt_put_f32x16(v9, b2 + (j), m);
      const float16 v11 = vload16(0, b3 + (j));
      const float16 v13 = v11 * (float16)(v12);
      const float16 v14 = v3 * v3;
      const float16 v16 = v14 * (float16)(v15);
      const float16 v17 = v13 + v16;
      gt_put_f32x16(v17, b3 + (j), m);
      const float16 v19 = sqrt(v17);
      const float16 v21 = v19 / (float16)(v20);
      const float16 v23 = v21 + (float16)(v22);
      const float16 v24 = v9 / v23;
      const float16 v26 = v24 * (float16)(v25);
      const float16 v27 = v1 - v26;
      gt_put_f32x16(v27, b0 + (j), m);
    }
  }
}
