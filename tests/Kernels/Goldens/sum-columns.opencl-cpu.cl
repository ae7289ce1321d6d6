#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}

struct sum_2f60c131bc32_integers { int n[8]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_2f60c131bc32(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_2f60c131bc32_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int last = min((g + 1) * n1, n0);
    for (int unit = g * n1; unit < last; unit++) {
      const int ub = unit / n3;
      int j = (unit - ub * n3) * 64;
      const int e = min(j + 64, n2);
      if (j + 64 == e) {
        float16 qv1c0 = (float16)((float)(0));
        float16 qv1c1 = (float16)((float)(0));
        float16 qv1c2 = (float16)((float)(0));
        float16 qv1c3 = (float16)((float)(0));
        for (int z1 = 0; z1 < n4; z1++) {
          const float16 v0c0 = vload16(0, b0 + (z1*n5 + j));
          const float16 v0c1 = vload16(0, b0 + (z1*n5 + (j + 16)));
          const float16 v0c2 = vload16(0, b0 + (z1*n5 + (j + 32)));
          const float16 v0c3 = vload16(0, b0 + (z1*n5 + (j + 48)));
          {
            const float16 c = v0c0;
            qv1c0 = qv1c0 + c;
          }
          {
            const float16 c = v0c1;
            qv1c1 = qv1c1 + c;
          }
          {
            const float16 c = v0c2;
            qv1c2 = qv1c2 + c;
          }
          {
            const float16 c = v0c3;
            qv1c3 = qv1c3 + c;
          }
        }
        const float16 v1c0 = qv1c0;
        const float16 v1c1 = qv1c1;
        const float16 v1c2 = qv1c2;
        const float16 v1c3 = qv1c3;
        vstore16(v1c0, 0, b1 + (j));
        vstore16(v1c1, 0, b1 + ((j + 16)));
        vstore16(v1c2, 0, b1 + ((j + 32)));
        vstore16(v1c3, 0, b1 + ((j + 48)));
      }
      else {
        for (; j < e; j += 16) {
          const int m = min(e - j, (int)16);
          float16 qv1 = (float16)((float)(0));
          for (int z1 = 0; z1 < n4; z1++) {
            const float16 v0 = vload16(0, b0 + (z1*n5 + j));
            {
              const float16 c = v0;
              qv1 = qv1 + c;
            }
          }
          const float16 v1 = qv1;
          gt_put_f32x16(v1, b1 + (j), m);
        }
      }
    }
  }
}
