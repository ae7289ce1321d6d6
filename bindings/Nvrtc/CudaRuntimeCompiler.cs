using System.Runtime.InteropServices;
using System.Text;

namespace GpuTensor.Bindings.Cuda;

/// <summary>Compiles CUDA C++ at run time with one NVRTC. Needs neither a driver nor a GPU. Any thread may compile, several at a
/// time.</summary>
/// <remarks>There are no headers at run time: declare kernels <c>extern "C"</c>, and define what you need of <c>&lt;cuda_fp16.h&gt;</c>
/// yourself.</remarks>
public sealed class CudaRuntimeCompiler
{
    /// <summary>A compiler made of a loaded NVRTC, for a target.</summary>
    public CudaRuntimeCompiler(NvrtcLibrary library, CompilerTarget target)
    {
        ArgumentNullException.ThrowIfNull(library);
        Library = library;
        Target = target;
    }

    /// <summary>The compiler for a GPU: the first NVRTC in probing order that makes machine code for it, else the first whose PTX the
    /// driver can finish.</summary>
    /// <exception cref="CudaLibraryException">There is no NVRTC on this machine.</exception>
    /// <exception cref="CudaException">None of those there can compile for this GPU and driver; says why for each.</exception>
    public static CudaRuntimeCompiler For(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return For(device.ComputeCapability, CudaLibraries.Shared);
    }

    internal static CudaRuntimeCompiler For(ComputeCapability device, CudaLibraries libraries)
    {
        var driver = Cuda.ToVersion(libraries.DriverVersion);
        CudaRuntimeCompiler? ptx = null;
        var reasons = new StringBuilder();
        foreach (var library in NvrtcLibrary.All(libraries))
        {
            var target = CompilerTarget.Choose(device, library.Architectures);
            if (target is { IsPtx: false } exact) return new(library, exact);
            string reason;
            if (target is not { } older)
                reason = $"compiles for sm_{library.Architectures[0]} and newer only";
            else if (driver.Major != 0 && library.Version > driver)
                reason = $"has no machine code for it, and the driver (CUDA {driver}) does not take PTX that new";
            else
            {
                ptx ??= new(library, older);
                reason = "only PTX";
            }
            reasons.Append(Environment.NewLine).Append("  ").Append(library).Append(": ").Append(reason);
            libraries.Note(new(CudaLibrary.Nvrtc, "", library.Path, false, $"skipped for a GPU of {device}: {reason}"));
        }
        if (ptx is not null) return ptx;
        if (reasons.Length == 0) throw libraries.Missing(CudaLibrary.Nvrtc);
        throw new CudaException($"No NVRTC of this machine compiles for a GPU of compute capability {device}.{reasons}{Environment.NewLine}"
            + LibraryNames.Packages(CudaLibrary.Nvrtc, libraries.Environment.IsWindows));
    }

    /// <summary>The NVRTC.</summary>
    public NvrtcLibrary Library { get; }

    /// <summary>What it compiles for.</summary>
    public CompilerTarget Target { get; }

    /// <summary>Compiles a program.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="name">What the log calls the file.</param>
    /// <param name="options">NVRTC's options apart from the architecture, one per entry: <c>-lineinfo</c>, <c>--fmad=false</c>, …</param>
    /// <exception cref="NvrtcException">The source has errors, an option is unknown, or NVRTC lacks its builtins. The message carries the
    /// log and the numbered source.</exception>
    public unsafe CudaCompilation Compile(string source, string name = "kernels.cu", params ReadOnlySpan<string> options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var api = Library.Api;
        nint program;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + '\0'), file = Encoding.UTF8.GetBytes(name + '\0'))
            NvrtcLibrary.Check(api, api.nvrtcCreateProgram(&program, text, file, 0, null, null), nameof(api.nvrtcCreateProgram), name);
        try
        {
            var result = CompileProgram(api, program, [$"--gpu-architecture={Target.Name}", .. options]);
            byte[] logText = Get(api, program, api.nvrtcGetProgramLogSize, api.nvrtcGetProgramLog, nameof(api.nvrtcGetProgramLog));
            string log = Encoding.UTF8.GetString(logText).TrimEnd('\0', '\n');
            if (result != NvrtcResult.Success) throw Failed(result, source, name, options, log);
            byte[] ptx = Get(api, program, api.nvrtcGetPTXSize, api.nvrtcGetPTX, nameof(api.nvrtcGetPTX));
            byte[] image = Target.IsPtx ? ptx : Get(api, program, api.nvrtcGetCUBINSize, api.nvrtcGetCUBIN, nameof(api.nvrtcGetCUBIN));
            return new CudaCompilation(Target, image, ptx, log);
        }
        finally
        {
            api.nvrtcDestroyProgram(&program);
        }
    }

    private static unsafe byte[] Get(NvrtcApi api, nint program, delegate* unmanaged<nint, nuint*, NvrtcResult> sizeOf,
        delegate* unmanaged<nint, byte*, NvrtcResult> get, string call)
    {
        nuint size;
        NvrtcLibrary.Check(api, sizeOf(program, &size), call + "Size", "");
        byte[] bytes = new byte[size];
        fixed (byte* first = bytes)
            if (size > 0) NvrtcLibrary.Check(api, get(program, first), call, "");
        return bytes;
    }

    private static unsafe NvrtcResult CompileProgram(NvrtcApi api, nint program, string[] options)
    {
        // One block for all: the table of pointers, then the texts.
        byte[][] texts = Array.ConvertAll(options, static o => Encoding.UTF8.GetBytes(o + '\0'));
        byte** table = (byte**)NativeMemory.Alloc((nuint)((options.Length * sizeof(byte*)) + texts.Sum(static t => t.Length)));
        try
        {
            byte* next = (byte*)(table + options.Length);
            for (int i = 0; i < texts.Length; i++)
            {
                table[i] = next;
                texts[i].CopyTo(new Span<byte>(next, texts[i].Length));
                next += texts[i].Length;
            }
            return api.nvrtcCompileProgram(program, options.Length, table);
        }
        finally
        {
            NativeMemory.Free(table);
        }
    }

    private NvrtcException Failed(NvrtcResult result, string source, string name, ReadOnlySpan<string> options, string log)
    {
        const string call = nameof(NvrtcApi.nvrtcCompileProgram);
        string hint = result switch
        {
            NvrtcResult.InvalidOption => " One of the options is unknown to this version, or it does not compile for this architecture.",
            NvrtcResult.BuiltinOperationFailure =>
                " NVRTC did not find its second file, libnvrtc-builtins of exactly its own version: reinstall the package.",
            _ => "",
        };
        string message = $"{call} of '{name}' for {Target} by {Library} failed: {NvrtcLibrary.Describe(Library.Api, result)}.{hint}\n"
            + $"Options: {string.Join(' ', options)}\n{log}";
        if (result == NvrtcResult.Compilation) message += "\n" + NumberedSource.Of(source, log);
        return new NvrtcException(message, result, call, log, source);
    }
}
