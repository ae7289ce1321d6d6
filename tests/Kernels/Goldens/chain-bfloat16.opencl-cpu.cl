#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float16 gt_from_bf16_f32x16(ushort16 h) { return as_float16(convert_uint16(h) << 16); }
static inline void gt_put_u16x16(ushort16 v, __global ushort* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  ushort8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  ushort4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  ushort2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float16 gt_round_bf16_f32x16(float16 x) {
  const uint16 b = as_uint16(x);
  return as_float16((b & 0x7fffffffu) > 0x7f800000u ? b | 0x00400000u : (b + 0x7fffu + ((b >> 16) & 1u)) & 0xffff0000u);
}
static inline ushort16 gt_to_bf16_f32x16(float16 x) { return convert_ushort16(as_uint16(x) >> 16); }

struct add_relu_4827820d3048_integers { int n[8]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void add_relu_4827820d3048(const __global ushort* restrict buffer0, const __global ushort* restrict buffer1, __global ushort* restrict buffer2, const struct add_relu_4827820d3048_integers k)
{
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    int n4 = k.n[7];
    const __global ushort* b0 = buffer0 + k.n[0];
    const __global ushort* b1 = buffer1 + k.n[1];
    __global ushort* b2 = buffer2 + k.n[2];
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
        const float16 v0 = gt_from_bf16_f32x16(vload16(0, b0 + (i0*n3 + j)));
        const float16 v1 = gt_from_bf16_f32x16(vload16(0, b1 + (j)));
        const float16 v2 = gt_round_bf16_f32x16(v0 + v1);
        const float16 v4 = ((float16)(0.0f) > v2) | ((float16)(0.0f) != (float16)(0.0f)) ? (float16)(0.0f) : v2;
        vstore16(gt_to_bf16_f32x16(v4), 0, b2 + (i0*n4 + j));
      }
      if (j < e) {
        const int m = e - j;
        const float16 v0 = gt_from_bf16_f32x16(vload16(0, b0 + (i0*n3 + j)));
        const float16 v1 = gt_from_bf16_f32x16(vload16(0, b1 + (j)));
        const float16 v2 = gt_round_bf16_f32x16(v0 + v1);
        const float16 v4 = ((float16)(0.0f) > v2) | ((float16)(0.0f) != (float16)(0.0f)) ? (float16)(0.0f) : v2;
        gt_put_u16x16(gt_to_bf16_f32x16(v4), b2 + (i0*n4 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}
