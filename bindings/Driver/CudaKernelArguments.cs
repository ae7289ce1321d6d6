using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GpuTensor.Bindings.Cuda;

/// <summary>The arguments of a kernel, laid out once and then changed in place: a launch that repeats costs no marshalling and no
/// allocation.</summary>
/// <remarks>The driver copies arguments when a launch is enqueued or captured, so they may change right after. Not for use by two threads
/// at a time.</remarks>
public sealed class CudaKernelArguments
{
    private readonly int[] _sizes;
    private readonly int[] _offsets;
    private readonly bool[] _given;
    private int _missing;

    // Pinned for life, so that the table below can point into it.
    private readonly byte[] _data;
    private readonly nint[] _pointers;

    /// <summary>Room for parameters of these sizes in bytes: a pointer or long has 8, an int or float 4, a bool 1, a struct its
    /// own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is zero or less.</exception>
    public unsafe CudaKernelArguments(params ReadOnlySpan<int> sizes)
    {
        const int slotAlignment = 16;
        _sizes = sizes.ToArray();
        _offsets = new int[sizes.Length];
        _given = new bool[sizes.Length];
        _missing = sizes.Length;
        int total = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sizes[i], nameof(sizes));
            _offsets[i] = total;
            total += (sizes[i] + slotAlignment - 1) / slotAlignment * slotAlignment;
        }
        _data = GC.AllocateArray<byte>(total + slotAlignment, pinned: true);
        _pointers = GC.AllocateArray<nint>(Math.Max(1, sizes.Length), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_data));
        // Slots begin at multiples of 16, as the most demanding parameter type wants.
        start = (start + slotAlignment - 1) & ~(nint)(slotAlignment - 1);
        for (int i = 0; i < sizes.Length; i++) _pointers[i] = start + _offsets[i];
    }

    /// <summary>How many parameters.</summary>
    public int Count => _sizes.Length;

    /// <summary>The size of a parameter in bytes.</summary>
    public int SizeOf(int index) => _sizes[index];

    /// <summary>Gives a parameter its value.</summary>
    /// <exception cref="ArgumentException">The value is not of the parameter's size.</exception>
    public void Set<T>(int index, T value) where T : unmanaged =>
        Set(index, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Gives a parameter its value as bytes.</summary>
    /// <exception cref="ArgumentException">They are not as many as the parameter has.</exception>
    public unsafe void Set(int index, ReadOnlySpan<byte> value)
    {
        if (value.Length != _sizes[index])
            throw new ArgumentException($"Parameter {index} has {_sizes[index]} bytes, the value {value.Length}.", nameof(value));
        value.CopyTo(new Span<byte>((void*)_pointers[index], value.Length));
        if (_given[index]) return;
        _given[index] = true;
        _missing--;
    }

    /// <summary>Compares number and sizes with the kernel's own, as the driver reports them.</summary>
    /// <returns>False where the driver cannot tell (before CUDA 12.4).</returns>
    /// <exception cref="CudaException">They differ; names kernel and parameter.</exception>
    public bool Verify(CudaKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (kernel.GetParameters() is not { } parameters) return false;
        if (parameters.Count != Count)
            throw new CudaException($"Kernel '{kernel.Name}' has {parameters.Count} parameters, {Count} arguments were laid out.",
                CudaResult.InvalidValue, kernel: kernel.Name);
        for (int i = 0; i < Count; i++)
            if (parameters[i].Size != _sizes[i])
                throw new CudaException(
                    $"Parameter {i} of kernel '{kernel.Name}' has {parameters[i].Size} bytes, the argument {_sizes[i]}.",
                    CudaResult.InvalidValue, kernel: kernel.Name);
        return true;
    }

    /// <summary>The table of pointers that the driver reads; valid while this object lives.</summary>
    /// <exception cref="CudaException">A parameter has no value yet.</exception>
    internal unsafe void** Pointers(string kernel)
    {
        if (_missing != 0)
            throw new CudaException(
                $"Parameter {Array.IndexOf(_given, false)} of kernel '{kernel}' has no value.", CudaResult.InvalidValue, kernel: kernel);
        return (void**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pointers));
    }
}
