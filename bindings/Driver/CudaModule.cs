using System.Runtime.InteropServices;
using System.Text;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Code on the device: a loaded CUBIN, or PTX that the driver compiled.</summary>
public sealed class CudaModule : CudaHandle
{
    private const int LogBytes = 16 * 1024;

    private CudaModule(CudaContext context, nint handle, string name, string log) : base(context, handle)
    {
        Name = name;
        Log = log;
    }

    /// <summary>Loads a CUBIN (an ELF file) or compiles PTX text.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="image">The CUBIN's bytes, or PTX in UTF-8; a missing NUL at its end is added.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CudaException">The code is not for this GPU, is newer than the driver, or does not compile: then with the
    /// driver's log.</exception>
    public static unsafe CudaModule Load(CudaContext context, ReadOnlySpan<byte> image, string name = "module")
    {
        ArgumentNullException.ThrowIfNull(context);
        if (image.IsEmpty) throw new ArgumentException("The image is empty.", nameof(image));
        bool cubin = image.StartsWith("\u007fELF"u8);
        // The driver finds the end of PTX by its NUL.
        if (!cubin && image[^1] != 0) image = (byte[])[.. image, 0];

        byte* logs = (byte*)NativeMemory.AllocZeroed(2 * LogBytes);
        try
        {
            JitOption* options = stackalloc JitOption[4]
                { JitOption.InfoLogBuffer, JitOption.InfoLogBufferBytes, JitOption.ErrorLogBuffer, JitOption.ErrorLogBufferBytes };
            // A number goes inside the slot that is declared as a pointer. One byte less than there is: the text then always ends.
            void** values = stackalloc void*[4] { logs, (void*)(LogBytes - 1), logs + LogBytes, (void*)(LogBytes - 1) };
            using var scope = context.Enter();
            nint handle;
            CudaResult result;
            fixed (byte* data = image) result = cuModuleLoadDataEx(&handle, data, 4, options, values);
            if (result != CudaResult.Success)
            {
                string what = $"'{name}', {image.Length} bytes of {(cubin ? "CUBIN" : "PTX")}";
                var error = Check.DriverError(result, nameof(cuModuleLoadDataEx), what);
                string log = Text(logs + LogBytes);
                throw log.Length == 0 ? error : new CudaException($"{error.Message}{Environment.NewLine}{log}", result, error.Call);
            }
            return new CudaModule(context, handle, name, Text(logs));
        }
        finally
        {
            NativeMemory.Free(logs);
        }
    }

    /// <summary>What error messages call it.</summary>
    public string Name { get; }

    /// <summary>What the driver's compiler had to say; empty for a CUBIN.</summary>
    public string Log { get; }

    /// <summary>A kernel by the name it has in the code: declare it <c>extern "C"</c>.</summary>
    /// <exception cref="CudaException">There is no kernel of this name.</exception>
    public unsafe CudaKernel GetKernel(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var scope = Context.Enter();
        nint function;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            Check.Driver(cuModuleGetFunction(&function, Handle, text), $"in {Name}", name);
        return new CudaKernel(this, function, name);
    }

    private protected override CudaResult Destroy(nint handle) => cuModuleUnload(handle);

    private static unsafe string Text(byte* log) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(log)).TrimEnd();
}
