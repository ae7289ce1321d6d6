#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline int gt_div_i32(int x, int y) {
  const int d = (y == (int)(0)) | (y == (int)(-1)) ? (int)(1) : y, q = x / d;
  return y == (int)(0) ? (int)(0) : (y == (int)(-1) ? (int)(-(uint)(x)) : q);
}
static inline int gt_fmod_i32(int x, int y) { const int q = gt_div_i32(x, y); return y == (int)(0) ? (int)(0) : (int)((uint)(x) - (uint)(q) * (uint)(y)); }
static inline int gt_floor_div_i32(int x, int y) {
  const int q = gt_div_i32(x, y), r = gt_fmod_i32(x, y);
  return (r != (int)(0)) & ((r < (int)(0)) ^ (y < (int)(0))) ? (int)((uint)(q) - (uint)((int)(1))) : q;
}

struct floor_div_f8c62831db51_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void floor_div_f8c62831db51(const __global int* restrict buffer0, const __global int* restrict buffer1, __global int* restrict buffer2, const struct floor_div_f8c62831db51_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[3];
    const __global int* b0 = buffer0 + k.n[0];
    const __global int* b1 = buffer1 + k.n[1];
    __global int* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    const int j = g * 256 + lid;
    if (j < n0) {
      const int v0 = b0[j];
      const int v1 = b1[j];
      const int v2 = gt_floor_div_i32(v0, v1);
      b2[j] = v2;
    }
  }
}
