#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct gemm_ecd0c8c5336f_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(16, 16, 1))) void gemm_ecd0c8c5336f(const __global float* restrict buffer0, __global float* restrict buffer1, const __global float* restrict buffer2, const __global float* restrict buffer3, const struct gemm_ecd0c8c5336f_integers k, __local ulong* restrict shared)
{
  int n0 = k.n[4];
  int n1 = k.n[5];
  int n2 = k.n[6];
  int n3 = k.n[7];
  int n4 = k.n[8];
  int n5 = k.n[9];
  const __global float* b0 = buffer2 + k.n[2];
  const __global float* b1 = buffer3 + k.n[3];
  const __global float* b2 = buffer0 + k.n[0];
  __global float* b3 = buffer1 + k.n[1];
  int g = get_group_id(0);
  __local float* as = (__local float*)shared;
  __local float* bs = (__local float*)(shared + 264);
  const int tx = (int)get_local_id(0), ty = (int)get_local_id(1), id = ty * 16 + tx;
  const int column = g, block = get_group_id(1);
  g = get_group_id(2);
  const int top = block * 32, left = column * 32;
  float c[2][2];
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      c[i][j] = 0;
    }
  }
  for (int k0 = 0; k0 < n2; k0 += 16) {
    const int depth = (int)min((int)16, n2 - k0);
    for (int e = id; e < 512; e += 256) {
      const int q = e % 16, i = e / 16;
      const int m = top + i, l = k0 + q;
      float value = 0;
      if (m < n0 && q < depth) {
        const float a0 = b0[m*n3 + l];
        value = a0;
      }
      as[q * 33 + i] = value;
    }
    for (int e = id; e < 512; e += 256) {
      const int q = e % 16, i = e / 16;
      const int n = left + i, l = k0 + q;
      float value = 0;
      if (n < n1 && q < depth) {
        const float w0 = b1[l + n*n4];
        value = w0;
      }
      bs[q * 33 + i] = value;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int q = 0; q < depth; q++) {
      for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
          c[i][j] = fma(as[q * 33 + ty + i * 16], bs[q * 33 + tx + j * 16], c[i][j]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (int i = 0; i < 2; i++) {
    const int m = top + ty + i * 16;
    if (m >= n0) break;
    for (int j = 0; j < 2; j++) {
      const int n = left + tx + j * 16;
      if (n >= n1) break;
      const float v0 = c[i][j];
      const float v1 = b2[n];
      const float v2 = v0 + v1;
      const float v4 = (0.0f > v2) | (0.0f != 0.0f) ? 0.0f : v2;
      b3[m*n5 + n] = v4;
    }
  }
}
