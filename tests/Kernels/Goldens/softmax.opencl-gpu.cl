#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float gt_expk_f32(float x, int k) {
  float c = x > (float)(90.0f) ? (float)(90.0f) : x; c = c < (float)(-106.0f) ? (float)(-106.0f) : c;
  const float t = fma(c, (float)(0x1.715476p0f), (float)(12582912.0f));
  const int n = (as_int(t) - 0x4b400000) + k;
  const float f = t - (float)(12582912.0f);
  const float r = fma(f, (float)(0x1.05c61p-29f), fma(f, (float)(-0x1.62e43p-1f), c));
  const float y = fma(r * r, fma(fma(fma(fma((float)(0x1.6a1a72p-10f), r, (float)(0x1.123fc6p-7f)), r, (float)(0x1.555916p-5f)), r, (float)(0x1.55548ap-3f)), r, (float)(0x1.fffffcp-2f)), r) + (float)(1.0f);
  const int h = n >> 1;
  return y * as_float((h + 127) << 23) * as_float((n - h + 127) << 23);
}
static inline float gt_exp_f32(float x) { return gt_expk_f32(x, (int)(0)); }

struct amax_sub_exp_sum_div_976494bdeb61_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void amax_sub_exp_sum_div_976494bdeb61(const __global float* restrict buffer0, __global float* restrict buffer1, const struct amax_sub_exp_sum_div_976494bdeb61_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    float q1 = (float)(-INFINITY);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float c1 = v0;
      q1 = (q1 > c1) | (q1 != q1) ? q1 : c1;
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = (m1[lid] > c) | (m1[lid] != m1[lid]) ? m1[lid] : c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    float q4 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float v2 = v0 - v1;
      const float v3 = gt_exp_f32(v2);
      const float c4 = v3;
      q4 = q4 + c4;
    }
    __local float* m4 = (__local float*)shared;
    m4[lid] = q4;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m4[lid + s];
          m4[lid] = m4[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q4 = m4[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v4 = q4;
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float v2 = v0 - v1;
      const float v3 = gt_exp_f32(v2);
      const float v5 = v3 / v4;
      b1[i0*n3 + j] = v5;
    }
    if (t == 0 && here) {
    }
  }
}
