using System.Numerics;
using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Blas;

/// <summary>Matrices out of device memory and back, under the same watch as every other access: bounds, use after free, what was never
/// written, and what another stream may be touching.</summary>
internal static unsafe class DeviceMatrix
{
    /// <summary>op(matrix) of one of a batch, packed column-major.</summary>
    public static T[] Load<T>(DeviceMemory memory, BlasMatrix matrix, long batch, bool transpose, Rounding rounding,
        DeviceOperation operation)
        where T : unmanaged, INumber<T>
    {
        var (runs, length) = matrix.Runs;
        T[] packed = new T[checked(runs * length)];
        // In memory the runs lie one after the other; as columns where the matrix is column-major and not transposed, else as rows.
        bool columns = matrix.RowMajor == transpose;
        T[] run = new T[length];
        for (long j = 0; j < runs && length > 0; j++)
        {
            byte* source = Touch(memory, matrix, batch, j, operation, write: false);
            Convert(source, matrix.Type, run, rounding);
            if (columns) run.CopyTo(packed, j * length);
            else
                for (long i = 0; i < length; i++) packed[(i * runs) + j] = run[i];
        }
        return packed;
    }

    /// <summary>Stores packed column-major values.</summary>
    public static void Store(DeviceMemory memory, BlasMatrix matrix, long batch, double[] packed, DeviceOperation operation)
    {
        var (runs, length) = matrix.Runs;
        for (long j = 0; j < runs && length > 0; j++)
        {
            byte* target = Touch(memory, matrix, batch, j, operation, write: true);
            for (long i = 0; i < length; i++)
            {
                double value = packed[matrix.RowMajor ? (i * runs) + j : (j * length) + i];
                switch (matrix.Type)
                {
                    case DataType.R32F: ((float*)target)[i] = (float)value; break;
                    case DataType.R64F: ((double*)target)[i] = value; break;
                    case DataType.R16F: ((Half*)target)[i] = (Half)(float)value; break;
                    case DataType.R16BF: ((ushort*)target)[i] = ToBFloat16((float)value); break;
                    case DataType.R32I: ((int*)target)[i] = (int)value; break;
                    default: throw new InvalidOperationException($"{matrix.Type} is never a result.");
                }
            }
        }
    }

    /// <summary>A vector of the epilogue's.</summary>
    public static double[] LoadVector(DeviceMemory memory, string name, ulong address, DataType type, long length,
        DeviceOperation operation) =>
        Load<double>(memory, new BlasMatrix(name, address, type, length, 1, length, 0), 0, false, Rounding.None, operation);

    /// <summary>Alpha or beta in device memory.</summary>
    public static double ReadScalar(DeviceMemory memory, ulong address, DataType type, DeviceOperation operation) =>
        LoadVector(memory, "alpha or beta", address, type, 1, operation)[0];

    // The run's bytes on the host, after the checks that every access is under.
    private static byte* Touch(DeviceMemory memory, BlasMatrix matrix, long batch, long run, DeviceOperation operation, bool write)
    {
        ulong size = (ulong)matrix.ElementBytes, bytes = (ulong)matrix.Runs.Length * size;
        ulong address = matrix.Address + ((ulong)((batch * matrix.BatchStride) + (run * matrix.LeadingDimension)) * size);
        string verb = write ? "writes" : "reads";
        var allocation = memory.Reach(address, operation);
        if (allocation is null || bytes > allocation.Address + allocation.Bytes - address)
        {
            ulong beyond = allocation is null ? address : allocation.Address + allocation.Bytes;
            throw new DeviceFault(FaultKind.IllegalAddress,
                $"{operation.Name} {verb} {matrix.Name} ({matrix.Rows} × {matrix.Columns}, leading dimension "
                + $"{matrix.LeadingDimension}, at 0x{matrix.Address:x}) beyond its memory: 0x{beyond:x} {memory.Whereabouts(beyond)}.");
        }
        ulong offset = address - allocation.Address;
        if (write) RangeShadow.Write(memory, allocation, offset, bytes, operation);
        else
        {
            if (RangeShadow.FirstUnwritten(allocation, offset, bytes) is { } unwritten)
                throw new DeviceFault(FaultKind.IllegalAddress,
                    $"{operation.Name} reads 0x{unwritten:x} of {matrix.Name}, which was never written: it "
                    + $"{memory.Whereabouts(unwritten)}.");
            RangeShadow.Read(memory, allocation, offset, bytes, operation);
        }
        return allocation.Data.Pointer + offset;
    }

    private static void Convert<T>(byte* source, DataType type, T[] target, Rounding rounding) where T : unmanaged, INumber<T>
    {
        if (type == DataType.R32F && typeof(T) == typeof(float) && rounding == Rounding.None)
        {
            new ReadOnlySpan<T>(source, target.Length).CopyTo(target);
            return;
        }
        for (int i = 0; i < target.Length; i++)
            target[i] = type switch
            {
                DataType.R32F => T.CreateTruncating(Round(((float*)source)[i], rounding)),
                DataType.R64F => T.CreateTruncating(((double*)source)[i]),
                DataType.R16F => T.CreateTruncating((float)((Half*)source)[i]),
                DataType.R16BF => T.CreateTruncating(FromBFloat16(((ushort*)source)[i])),
                DataType.R8I => T.CreateTruncating(((sbyte*)source)[i]),
                _ => T.CreateTruncating(((int*)source)[i]),
            };
    }

    private static float Round(float value, Rounding rounding) => rounding switch
    {
        Rounding.Half => (float)(Half)value,
        Rounding.BFloat16 => FromBFloat16(ToBFloat16(value)),
        // Ten bits of mantissa, ties away from zero, as cvt.rna.tf32.f32 does it.
        Rounding.TF32 when float.IsFinite(value) =>
            BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x1000) & ~0x1FFFu),
        _ => value,
    };

    private static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
