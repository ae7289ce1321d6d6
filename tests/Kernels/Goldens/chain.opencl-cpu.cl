#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}

struct add_08f331a26ea1_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void add_08f331a26ea1(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct add_08f331a26ea1_integers k)
{
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    int j = g * n1;
    const int e = min(j + n1, n0);
    for (; j + 16 <= e; j += 16) {
      const float16 v0 = vload16(0, b0 + (j));
      const float16 v1 = vload16(0, b1 + (j));
      const float16 v2 = v0 + v1;
      vstore16(v2, 0, b2 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const float16 v0 = vload16(0, b0 + (j));
      const float16 v1 = vload16(0, b1 + (j));
      const float16 v2 = v0 + v1;
      gt_put_f32x16(v2, b2 + (j), m);
    }
  }
}
