#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float gt_from_bf16_f32(ushort h) { return as_float((uint)(h) << 16); }
static inline float gt_round_bf16_f32(float x) {
  const uint b = as_uint(x);
  return as_float((b & 0x7fffffffu) > 0x7f800000u ? b | 0x00400000u : (b + 0x7fffu + ((b >> 16) & 1u)) & 0xffff0000u);
}
static inline ushort gt_to_bf16_f32(float x) { return (ushort)(as_uint(x) >> 16); }

struct add_relu_ac50b3ddabef_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_relu_ac50b3ddabef(const __global ushort* restrict buffer0, const __global ushort* restrict buffer1, __global ushort* restrict buffer2, const struct add_relu_ac50b3ddabef_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    const __global ushort* b0 = buffer0 + k.n[0];
    const __global ushort* b1 = buffer1 + k.n[1];
    __global ushort* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    for (int u = 0; u < 2; u++) {
      const int j = g * 2048 + u * 1024 + lid * 4;
      if (j < n0) {
        const int d0 = (int)(mul_hi((uint)(j), (uint)n1) >> n2), d1 = j - d0 * n3;
        const ushort4 w0 = *(const __global ushort4*)(b0 + (j));
        const float v0e0 = gt_from_bf16_f32(w0.x);
        const float v0e1 = gt_from_bf16_f32(w0.y);
        const float v0e2 = gt_from_bf16_f32(w0.z);
        const float v0e3 = gt_from_bf16_f32(w0.w);
        const ushort4 w1 = *(const __global ushort4*)(b1 + (d1));
        const float v1e0 = gt_from_bf16_f32(w1.x);
        const float v1e1 = gt_from_bf16_f32(w1.y);
        const float v1e2 = gt_from_bf16_f32(w1.z);
        const float v1e3 = gt_from_bf16_f32(w1.w);
        const float v2e0 = gt_round_bf16_f32(v0e0 + v1e0);
        const float v2e1 = gt_round_bf16_f32(v0e1 + v1e1);
        const float v2e2 = gt_round_bf16_f32(v0e2 + v1e2);
        const float v2e3 = gt_round_bf16_f32(v0e3 + v1e3);
        const float v4e0 = (0.0f > v2e0) | (0.0f != 0.0f) ? 0.0f : v2e0;
        const float v4e1 = (0.0f > v2e1) | (0.0f != 0.0f) ? 0.0f : v2e1;
        const float v4e2 = (0.0f > v2e2) | (0.0f != 0.0f) ? 0.0f : v2e2;
        const float v4e3 = (0.0f > v2e3) | (0.0f != 0.0f) ? 0.0f : v2e3;
        ushort4 w2;
        w2.x = gt_to_bf16_f32(v4e0);
        w2.y = gt_to_bf16_f32(v4e1);
        w2.z = gt_to_bf16_f32(v4e2);
        w2.w = gt_to_bf16_f32(v4e3);
        *(__global ushort4*)(b2 + (j)) = w2;
      }
    }
  }
}
