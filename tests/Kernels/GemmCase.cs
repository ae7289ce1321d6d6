using System.Runtime.InteropServices;
using GpuTensor.Backends;
using GpuTensor.Backends.OpenCl;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>A matrix product with data: run on a backend as planned, and by plain loops.</summary>
internal sealed class GemmCase
{
    public required GemmSpec Spec;
    public required byte[][] Data;

    /// <summary>A random product of that dtype: any strides, transposed and padded operands, broadcast batches.</summary>
    public static GemmCase Random(Random random, DType dtype, long[] batch, long m, long n, long k)
    {
        Access Operand(bool mayBroadcast, long rows, long columns, out long length)
        {
            int rank = batch.Length + 2;
            long[] sizes = [.. batch, rows, columns], strides = new long[rank];
            int[] order = Enumerable.Range(0, rank).ToArray();
            if (random.Next(3) == 0) random.Shuffle(order);
            else if (random.Next(2) == 0) (order[^1], order[^2]) = (order[^2], order[^1]);
            long step = random.Next(5) == 0 ? 2 : 1;
            for (int i = rank - 1; i >= 0; i--)
            {
                int d = order[i];
                if (mayBroadcast && d < batch.Length && random.Next(3) == 0) continue;
                strides[d] = step;
                step *= sizes[d] + (random.Next(4) == 0 ? random.Next(3) : 0);
            }
            long offset = random.Next(3) == 0 ? random.Next(20) : 0;
            length = offset + Enumerable.Range(0, rank).Sum(d => strides[d] * Math.Max(sizes[d] - 1, 0)) + 1;
            return new Access(offset, strides);
        }
        var a = Operand(true, m, k, out long aLength);
        var b = Operand(true, k, n, out long bLength);
        var c = Operand(false, m, n, out long cLength);
        var spec = new GemmSpec(batch, m, n, k, dtype, [new(dtype, false), new(dtype, false), new(dtype, true)], [],
            [new Load(0, dtype, a)], [new Load(1, dtype, b)],
            [new Product(dtype), new Store(2, dtype, c, 0)]);
        return new GemmCase { Spec = spec,
            Data = [Values(random, dtype, aLength), Values(random, dtype, bLength), Values(random, dtype, cLength)] };
    }

    private static byte[] Values(Random random, DType dtype, long count)
    {
        byte[] bytes = new byte[count * dtype.Size()];
        random.NextBytes(bytes);
        for (int i = 0; i < count; i++)
            switch (dtype)
            {
                case DType.Float16: MemoryMarshal.Cast<byte, Half>(bytes.AsSpan())[i] = (Half)(random.NextDouble() * 4 - 2); break;
                case DType.BFloat16: MemoryMarshal.Cast<byte,
                    ushort>(bytes.AsSpan())[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)(random.NextDouble() * 4 - 2)) >> 16);
                    break;
                case DType.Float32: MemoryMarshal.Cast<byte, float>(bytes.AsSpan())[i] = (float)(random.NextDouble() * 4 - 2); break;
                case DType.Float64: MemoryMarshal.Cast<byte, double>(bytes.AsSpan())[i] = random.NextDouble() * 4 - 2; break;
            }
        return bytes;
    }

    /// <summary>The output buffer after the planned launches.</summary>
    public byte[] Run(Backend backend, GemmPlan plan) => RunAll(backend, plan)[2];

    /// <summary>All buffers after the planned launches.</summary>
    public byte[][] RunAll(Backend backend, GemmPlan plan, params object[] scalars)
    {
        var buffers = Data.Select(d => backend.Allocate(d.Length)).Concat(plan.Scratch.Select(backend.Allocate)).ToArray();
        for (int i = 0; i < Data.Length; i++) backend.Write(buffers[i], 0, Data[i]);
        // Stale numbers in scratch memory must not matter.
        for (int i = Data.Length; i < buffers.Length; i++)
        {
            byte[] noise = new byte[buffers[i].Bytes];
            noise.AsSpan().Fill(0x7f);
            backend.Write(buffers[i], 0, noise);
        }
        using var program = backend.Compile(Dialect.OpenCl.Prelude(plan.Launches.SelectMany(l => l.Kernel.Prelude))
            + string.Concat(plan.Launches.DistinctBy(l => l.Kernel.EntryPoint).Select(l => l.Kernel.Source)));
        Assert.False(backend is OpenClBackend { DeclarationsFailed: true });
        foreach (var launch in plan.Launches)
        {
            using var kernel = backend.CreateKernel(program, launch.Kernel.EntryPoint, launch.Description);
            int p = 0;
            foreach (int buffer in launch.Buffers) kernel.SetBuffer(p++, buffers[buffer]);
            KernelRunner.Bind(kernel, launch.Kernel, launch.Kernel.Integers, p, [.. launch.Scalars.Select(s => scalars[s])]);
            backend.Launch(kernel, launch.Kernel.Shape);
            backend.Finish();
        }
        byte[][] result = [.. Data.Select(d => new byte[d.Length])];
        for (int i = 0; i < Data.Length; i++) backend.Read(buffers[i], 0, result[i]);
        foreach (var buffer in buffers) backend.Free(buffer);
        return result;
    }

    /// <summary>The same by the definition; elements of the output buffer that no store reaches stay.</summary>
    public byte[] Expected()
    {
        byte[] result = [.. Data[2]];
        var (a, b, c) = (((Load)Spec.A[0]).At, ((Load)Spec.B[0]).At, ((Store)Spec.Epilogue[1]).At);
        int rank = Spec.Batch.Length;
        long batches = (long)SymInt.Product(Spec.Batch);
        for (long i = 0; i < batches; i++)
        {
            long[] index = new long[rank];
            for (long d = rank - 1, rest = i; d >= 0; d--) (index[d], rest) = (rest % (long)Spec.Batch[d], rest / (long)Spec.Batch[d]);
            int At(Access access, long x, long y) =>
                (int)(access.Offset + index.Select((v, d) => v * (long)access.Strides[d]).Sum() + x * access.Strides[rank]
                    + y * access.Strides[rank + 1]);
            int ak = (int)a.Strides[rank + 1], bk = (int)b.Strides[rank];
            for (long m = 0; m < Spec.M; m++)
                for (long n = 0; n < Spec.N; n++)
                    Dot(Spec.In, Data[0], At(a, m, 0), ak, Data[1], At(b, 0, n), bk, (int)Spec.K, result, At(c, m, n));
        }
        return result;
    }

    private static void Dot(DType dtype, byte[] a, int i, int di, byte[] b, int j, int dj, int k, byte[] c, int at)
    {
        Span<T> Of<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        switch (dtype)
        {
            case DType.Float64:
            {
                double sum = 0;
                for (int x = 0; x < k; x++) sum = Math.FusedMultiplyAdd(Of<double>(a)[i + x * di], Of<double>(b)[j + x * dj], sum);
                Of<double>(c)[at] = sum;
                break;
            }
            case DType.Float32 or DType.Float16 or DType.BFloat16:
            {
                float Read(byte[] bytes, int e) => dtype switch
                {
                    DType.Float16 => (float)Of<Half>(bytes)[e],
                    DType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)Of<ushort>(bytes)[e] << 16),
                    _ => Of<float>(bytes)[e],
                };
                float sum = 0;
                for (int x = 0; x < k; x++) sum = MathF.FusedMultiplyAdd(Read(a, i + x * di), Read(b, j + x * dj), sum);
                if (dtype == DType.Float16) Of<Half>(c)[at] = (Half)sum;
                else if (dtype == DType.BFloat16)
                {
                    uint u = BitConverter.SingleToUInt32Bits(sum);
                    Of<ushort>(c)[at] = (ushort)((u + 0x7fff + ((u >> 16) & 1)) >> 16);
                }
                else Of<float>(c)[at] = sum;
                break;
            }
            default:
            {
                long Read(byte[] bytes, int e) => dtype switch
                {
                    DType.UInt8 => bytes[e], DType.Int8 => (sbyte)bytes[e], DType.Int16 => Of<short>(bytes)[e], DType.Int32 =>
                        Of<int>(bytes)[e], _ => Of<long>(bytes)[e],
                };
                long sum = 0;
                for (int x = 0; x < k; x++) sum = unchecked(sum + Read(a, i + x * di) * Read(b, j + x * dj));
                BitConverter.GetBytes(sum).AsSpan(0, dtype.Size()).CopyTo(c.AsSpan(at * dtype.Size()));
                break;
            }
        }
    }
}
