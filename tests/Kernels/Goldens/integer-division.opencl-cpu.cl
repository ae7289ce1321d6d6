#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline int16 gt_div_i32x16(int16 x, int16 y) {
  const int16 d = (y == (int16)(0)) | (y == (int16)(-1)) ? (int16)(1) : y, q = x / d;
  return y == (int16)(0) ? (int16)(0) : (y == (int16)(-1) ? (-(x)) : q);
}
static inline int16 gt_fmod_i32x16(int16 x, int16 y) { const int16 q = gt_div_i32x16(x, y); return y == (int16)(0) ? (int16)(0) : ((x) - (q) * (y)); }
static inline int16 gt_floor_div_i32x16(int16 x, int16 y) {
  const int16 q = gt_div_i32x16(x, y), r = gt_fmod_i32x16(x, y);
  return (r != (int16)(0)) & ((r < (int16)(0)) ^ (y < (int16)(0))) ? ((q) - ((int16)(1))) : q;
}
static inline void gt_put_i32x16(int16 v, __global int* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  int8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  int4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  int2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}

struct floor_div_0b8e1988555a_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void floor_div_0b8e1988555a(const __global int* restrict buffer0, const __global int* restrict buffer1, __global int* restrict buffer2, const struct floor_div_0b8e1988555a_integers k)
{
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    const __global int* b0 = buffer0 + k.n[0];
    const __global int* b1 = buffer1 + k.n[1];
    __global int* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    int j = g * n1;
    const int e = min(j + n1, n0);
    for (; j + 16 <= e; j += 16) {
      const int16 v0 = vload16(0, b0 + (j));
      const int16 v1 = vload16(0, b1 + (j));
      const int16 v2 = gt_floor_div_i32x16(v0, v1);
      vstore16(v2, 0, b2 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const int16 v0 = vload16(0, b0 + (j));
      const int16 v1 = vload16(0, b1 + (j));
      const int16 v2 = gt_floor_div_i32x16(v0, v1);
      gt_put_i32x16(v2, b2 + (j), m);
    }
  }
}
