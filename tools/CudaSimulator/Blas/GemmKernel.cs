using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>a · b + c in one rounding, which generic vectors lack.</summary>
internal interface IFma<T>
{
    static abstract Vector256<T> Fma(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}

internal readonly struct Fma32 : IFma<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
}

internal readonly struct Fma64 : IFma<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Fma(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}

/// <summary>A product of packed column-major matrices. Each sum runs over k from first to last, whatever the sizes: the same bits every
/// time.</summary>
internal static class GemmKernel
{
    private const int Columns = 4;

    /// <summary>c (m × n) = a (m × k) · b (k × n).</summary>
    public static unsafe void Multiply<T, TMath>(T[] a, T[] b, T[] c, int m, int n, int k) where T : unmanaged where TMath : IFma<T>
    {
        int width = Vector256<T>.Count, rows = 2 * width;
        // Rows of a in panels of two vectors, columns of b in panels of four, both padded with zeros: the inner loop reads straight on.
        T[] panel = new T[(long)k * rows], strip = new T[(long)k * Columns * ((n + Columns - 1) / Columns)];
        for (int j = 0; j < n; j++)
            for (int p = 0; p < k; p++)
                strip[((long)(j / Columns) * k * Columns) + ((long)p * Columns) + (j % Columns)] = b[((long)j * k) + p];
        T* tile = stackalloc T[rows * Columns];
        fixed (T* panelStart = panel, stripStart = strip)
        {
            for (int i = 0; i < m; i += rows)
            {
                int height = Math.Min(rows, m - i);
                if (height < rows) Array.Clear(panel);
                for (int p = 0; p < k; p++) a.AsSpan((p * m) + i, height).CopyTo(new Span<T>(panelStart + ((long)p * rows), rows));
                for (int j = 0; j < n; j += Columns)
                {
                    Tile<T, TMath>(panelStart, stripStart + ((long)j * k), k, tile);
                    int across = Math.Min(Columns, n - j);
                    for (int column = 0; column < across; column++)
                        new ReadOnlySpan<T>(tile + (column * rows), height).CopyTo(c.AsSpan(((j + column) * m) + i, height));
                }
            }
        }
    }

    private static unsafe void Tile<T, TMath>(T* panel, T* strip, int k, T* tile) where T : unmanaged where TMath : IFma<T>
    {
        int width = Vector256<T>.Count, rows = 2 * width;
        Vector256<T> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int p = 0; p < k; p++)
        {
            var a0 = Vector256.Load(panel);
            var a1 = Vector256.Load(panel + width);
            var b = Vector256.Create(strip[0]);
            c00 = TMath.Fma(a0, b, c00);
            c01 = TMath.Fma(a1, b, c01);
            b = Vector256.Create(strip[1]);
            c10 = TMath.Fma(a0, b, c10);
            c11 = TMath.Fma(a1, b, c11);
            b = Vector256.Create(strip[2]);
            c20 = TMath.Fma(a0, b, c20);
            c21 = TMath.Fma(a1, b, c21);
            b = Vector256.Create(strip[3]);
            c30 = TMath.Fma(a0, b, c30);
            c31 = TMath.Fma(a1, b, c31);
            panel += rows;
            strip += Columns;
        }
        c00.Store(tile);
        c01.Store(tile + width);
        c10.Store(tile + rows);
        c11.Store(tile + rows + width);
        c20.Store(tile + (2 * rows));
        c21.Store(tile + (2 * rows) + width);
        c30.Store(tile + (3 * rows));
        c31.Store(tile + (3 * rows) + width);
    }
}
