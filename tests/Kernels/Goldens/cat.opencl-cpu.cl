#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float16 gt_strided_f32x16(const __global float* p, long s, int m) { float t[16]; for (int k = 0; k < 16; k++) t[k] = p[k < m ? k * s : 0]; return vload16(0, t); }

struct copy_2f7c5db07da4_integers { int n[18]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void copy_2f7c5db07da4(const __global float* restrict buffer0, __global float* restrict buffer1, const __global float* restrict buffer2, const struct copy_2f7c5db07da4_integers k)
{
  const int group = get_group_id(0);
  if (group < k.n[3]) {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    int n5 = k.n[9];
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
  else if (group < k.n[10]) {
    int n0 = k.n[11];
    int n1 = k.n[12];
    int n2 = k.n[13];
    int n3 = k.n[14];
    int n4 = k.n[15];
    int n5 = k.n[16];
    int n6 = k.n[17];
    const __global float* b0 = buffer2 + k.n[2];
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
        vstore16(v0, 0, b1 + (n5 + i0*n6 + j));
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = gt_strided_f32x16(b0 + (i0 + j*n4), n4, m);
        gt_put_f32x16(v0, b1 + (n5 + i0*n6 + j), m);
      }
      j = 0;
      ++i0;
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
