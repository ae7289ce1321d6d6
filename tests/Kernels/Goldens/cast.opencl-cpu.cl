#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_i32x16(int16 v, __global int* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  int8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  int4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  int2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}

struct copy_bf2684453cff_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void copy_bf2684453cff(const __global float* restrict buffer0, __global int* restrict buffer1, const struct copy_bf2684453cff_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    const __global float* b0 = buffer0 + k.n[0];
    __global int* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    int j = g * n1;
    const int e = min(j + n1, n0);
    for (; j + 16 <= e; j += 16) {
      const float16 v0 = vload16(0, b0 + (j));
      const int16 v1 = convert_int16_sat(v0);
      vstore16(v1, 0, b1 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const float16 v0 = vload16(0, b0 + (j));
      const int16 v1 = convert_int16_sat(v0);
      gt_put_i32x16(v1, b1 + (j), m);
    }
  }
}
