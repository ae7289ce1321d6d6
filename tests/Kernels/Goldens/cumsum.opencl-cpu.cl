#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float16 gt_indexed_f32x16(const __global float* p, int16 a) { int i[16]; vstore16(a, 0, i); float t[16]; for (int k = 0; k < 16; k++) t[k] = p[i[k]]; return vload16(0, t); }
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline void gt_putindexed_f32x16(float16 v, __global float* p, int16 a, int m) { int i[16]; vstore16(a, 0, i); float t[16]; vstore16(v, 0, t); for (int k = 0; k < m; k++) p[i[k]] = t[k]; }
static inline void gt_putstrided_f32x16(float16 v, __global float* p, long s, int m) { float t[16]; vstore16(v, 0, t); for (int k = 0; k < m; k++) p[k * s] = t[k]; }
static inline float16 gt_strided_f32x16(const __global float* p, long s, int m) { float t[16]; for (int k = 0; k < 16; k++) t[k] = p[k < m ? k * s : 0]; return vload16(0, t); }

struct add_36e0f95c8bb4_integers { int n[17]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void add_36e0f95c8bb4(const __global float* restrict buffer0, __global float* restrict buffer1, const struct add_36e0f95c8bb4_integers k)
{
  const int group = get_group_id(0);
  if (group < k.n[2]) {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    int n4 = k.n[7];
    int n5 = k.n[8];
    int n6 = k.n[9];
    int n7 = k.n[10];
    int n8 = k.n[11];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int t = g * n2;
    const int last = min(t + n2, n1);
    const int r1 = t / n3;
    int j = t - r1 * n3;
    int i0 = r1;
    while (t < last) {
      const int e = min(n3, j + last - t);
      t += e - j;
      for (; j + 16 <= e; j += 16) {
        const float16 v0 = vload16(0, b0 + (n4 + i0*n5 + j));
        const float16 v1 = vload16(0, b0 + (i0*n6 + j));
        const float16 v2 = v0 + v1;
        gt_putstrided_f32x16(v2, b1 + (n8 + i0 + j*n7), n7, 16);
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = vload16(0, b0 + (n4 + i0*n5 + j));
        const float16 v1 = vload16(0, b0 + (i0*n6 + j));
        const float16 v2 = v0 + v1;
        gt_putstrided_f32x16(v2, b1 + (n8 + i0 + j*n7), n7, m);
      }
      j = 0;
      ++i0;
    }
  }
  else if (group < k.n[12]) {
    int n0 = k.n[13];
    int n1 = k.n[14];
    int n2 = k.n[15];
    int n3 = k.n[16];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    for (; j + 16 <= e; j += 16) {
      const float16 v0 = gt_strided_f32x16(b0 + (j*n3), n3, 16);
      vstore16(v0, 0, b1 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const float16 v0 = gt_strided_f32x16(b0 + (j*n3), n3, m);
      gt_put_f32x16(v0, b1 + (j), m);
    }
  }
}

struct copy_ec64bd721bbc_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void copy_ec64bd721bbc(const __global float* restrict buffer0, __global float* restrict buffer1, const struct copy_ec64bd721bbc_integers k)
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
    int t = g * n1;
    const int last = min(t + n1, n0);
    const int r1 = t / n2;
    int j = t - r1 * n2;
    int i0 = r1;
    while (t < last) {
      const int e = min(n2, j + last - t);
      t += e - j;
      for (; j + 16 <= e; j += 16) {
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n3), n3, 16);
        vstore16(v0, 0, b1 + (i0*n4 + j));
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n3), n3, m);
        gt_put_f32x16(v0, b1 + (i0*n4 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}

struct add_12c54dd58b19_integers { int n[19]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void add_12c54dd58b19(const __global float* restrict buffer0, __global float* restrict buffer1, const struct add_12c54dd58b19_integers k)
{
  const int group = get_group_id(0);
  if (group < k.n[2]) {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    int n4 = k.n[7];
    int n5 = k.n[8];
    int n6 = k.n[9];
    int n7 = k.n[10];
    int n8 = k.n[11];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int t = g * n2;
    const int last = min(t + n2, n1);
    const int r1 = t / n3;
    int j = t - r1 * n3;
    int i0 = r1;
    while (t < last) {
      const int e = min(n3, j + last - t);
      t += e - j;
      for (; j + 16 <= e; j += 16) {
        const float16 v0 = vload16(0, b0 + (n4 + i0*n5 + j));
        const float16 v1 = vload16(0, b0 + (i0*n6 + j));
        const float16 v2 = v0 + v1;
        gt_putstrided_f32x16(v2, b1 + (n8 + i0 + j*n7), n7, 16);
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = vload16(0, b0 + (n4 + i0*n5 + j));
        const float16 v1 = vload16(0, b0 + (i0*n6 + j));
        const float16 v2 = v0 + v1;
        gt_putstrided_f32x16(v2, b1 + (n8 + i0 + j*n7), n7, m);
      }
      j = 0;
      ++i0;
    }
  }
  else if (group < k.n[12]) {
    int n0 = k.n[13];
    int n1 = k.n[14];
    int n2 = k.n[15];
    int n3 = k.n[16];
    int n4 = k.n[17];
    int n5 = k.n[18];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int t = g * n2;
    const int last = min(t + n2, n1);
    const int r1 = t / n3;
    int j = t - r1 * n3;
    int i0 = r1;
    while (t < last) {
      const int e = min(n3, j + last - t);
      t += e - j;
      for (; j + 16 <= e; j += 16) {
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n4), n4, 16);
        vstore16(v0, 0, b1 + (i0*n5 + j));
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n4), n4, m);
        gt_put_f32x16(v0, b1 + (i0*n5 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}

struct add_2a0c0d1d207a_integers { int n[19]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void add_2a0c0d1d207a(const __global float* restrict buffer0, __global float* restrict buffer1, const struct add_2a0c0d1d207a_integers k)
{
  const int group = get_group_id(0);
  if (group < k.n[2]) {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    int n4 = k.n[7];
    int n5 = k.n[8];
    int n6 = k.n[9];
    int n7 = k.n[10];
    int n8 = k.n[11];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    for (; j + 16 <= e; j += 16) {
      const int near0 = j / n3, near1 = j - near0 * n3;
      const int near = near1 + 16 <= n3;
      int16 d0 = (int16)(0);
      int16 d1 = (int16)(0);
      if (!near) {
        const int16 p = (int16)(j) + (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        d0 = convert_int16((convert_double16(p) + 0.5) * (1.0 / (double)n3));
        d1 = p - d0 * (int16)(n3);
      }
      const float16 v0 = near ? vload16(0, b0 + (n4 + near0*n5 + near1)) : gt_indexed_f32x16(b0 + (n4), d0*(int16)(n5) + d1);
      const float16 v1 = near ? vload16(0, b0 + (near0*n6 + near1)) : gt_indexed_f32x16(b0, d0*(int16)(n6) + d1);
      const float16 v2 = v0 + v1;
      if (near) {
        gt_putstrided_f32x16(v2, b1 + (n7 + near0 + near1*n8), n8, 16);
      }
      else {
        gt_putindexed_f32x16(v2, b1 + (n7), d0 + d1*(int16)(n8), 16);
      }
    }
    if (j < e) {
      const int m = e - j;
      const int near0 = j / n3, near1 = j - near0 * n3;
      const int near = near1 + m <= n3;
      int16 d0 = (int16)(0);
      int16 d1 = (int16)(0);
      if (!near) {
        const int16 p = (int16)(j) + min((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), (int16)(m - 1));
        d0 = convert_int16((convert_double16(p) + 0.5) * (1.0 / (double)n3));
        d1 = p - d0 * (int16)(n3);
      }
      const float16 v0 = near ? vload16(0, b0 + (n4 + near0*n5 + near1)) : gt_indexed_f32x16(b0 + (n4), d0*(int16)(n5) + d1);
      const float16 v1 = near ? vload16(0, b0 + (near0*n6 + near1)) : gt_indexed_f32x16(b0, d0*(int16)(n6) + d1);
      const float16 v2 = v0 + v1;
      if (near) {
        gt_putstrided_f32x16(v2, b1 + (n7 + near0 + near1*n8), n8, m);
      }
      else {
        gt_putindexed_f32x16(v2, b1 + (n7), d0 + d1*(int16)(n8), m);
      }
    }
  }
  else if (group < k.n[12]) {
    int n0 = k.n[13];
    int n1 = k.n[14];
    int n2 = k.n[15];
    int n3 = k.n[16];
    int n4 = k.n[17];
    int n5 = k.n[18];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int t = g * n2;
    const int last = min(t + n2, n1);
    const int r1 = t / n3;
    int j = t - r1 * n3;
    int i0 = r1;
    while (t < last) {
      const int e = min(n3, j + last - t);
      t += e - j;
      for (; j + 16 <= e; j += 16) {
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n4), n4, 16);
        vstore16(v0, 0, b1 + (i0*n5 + j));
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n4), n4, m);
        gt_put_f32x16(v0, b1 + (i0*n5 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}
