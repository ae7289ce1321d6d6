using System.Text;
using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>Compiles programs, from source or from the binary that an earlier process left on disk.</summary>
internal sealed unsafe class OpenClPrograms(OpenClBackend backend, nint context, string options)
{
    /// <summary>Binaries by source, options, device, driver and engine. PoCL keeps a cache of its own on disk, with the code of each
    /// work-group size too.</summary>
    public DiskCache? Cache { get; set; } = backend.Device.IsPocl ? null : CacheFolder.Open("opencl");

    /// <summary>True once a program did not compile with <see cref="PoclDeclarations"/> and did without; the later ones go
    /// without.</summary>
    public bool DeclarationsFailed { get; private set; }

    public OpenClProgram Compile(string source)
    {
        var device = backend.Device;
        string key = Cache is null ? "" : DiskCache.Key(source, options, device.PlatformName, device.Name, device.DriverVersion,
            DiskCache.EngineVersion);
        byte[]? binary = Cache?.Read(key);
        nint handle = binary is null ? 0 : FromBinary(binary);
        if (handle == 0)
        {
            handle = FromSource(source);
            if (Cache is not null && Binary(handle) is { } made) Cache.Write(key, made);
        }
        backend.Counters.KernelsCompiled += KernelsIn(handle);
        return new OpenClProgram(backend, handle);
    }

    private nint FromSource(string source)
    {
        nint program = 0;
        string log = "";
        int error = backend.Device.IsPocl && !DeclarationsFailed
            ? TryBuild(PoclDeclarations.Text + source, $"{options} {PoclDeclarations.Option}", out program, out log)
            : OpenClErrors.BuildProgramFailure;
        if (error == OpenClErrors.BuildProgramFailure)
        {
            error = TryBuild(source, options, out program, out log);
            // Then it was the declarations: another version of PoCL. Where the program itself is at fault neither way succeeds, and the log
            // is of what was generated.
            DeclarationsFailed |= error == 0 && backend.Device.IsPocl;
        }
        if (error == 0) return program;
        if (OpenClErrors.IsOutOfMemory(error)) backend.Check(error, "clBuildProgram", log);
        throw new KernelCompilationException(
            $"clBuildProgram failed with {OpenClErrors.Name(error)} on {backend.Name} ({backend.Driver}), options "
            + $"'{options}'.\n{log}\n{Numbered(source)}");
    }

    /// <summary>Builds a program, or releases it and returns the error and the log.</summary>
    private int TryBuild(string source, string with, out nint program, out string log)
    {
        byte[] text = Encoding.UTF8.GetBytes(source);
        nuint length = (nuint)text.Length;
        int error = backend.FaultIn("clCreateProgramWithSource");
        program = 0;
        log = "";
        fixed (byte* p = text)
        {
            byte* lines = p;
            if (error == 0) program = backend.Api.CreateProgramWithSource(context, 1, &lines, &length, &error);
        }
        backend.Check(error, "clCreateProgramWithSource", "");
        error = Build(program, with);
        if (error == 0) return 0;
        log = Log(program);
        backend.Api.ReleaseProgram(program);
        return error;
    }

    /// <summary>0 where the driver does not take the binary (another driver's, or damaged): then the source is built.</summary>
    private nint FromBinary(byte[] binary)
    {
        nint id = backend.Device.Id;
        nuint length = (nuint)binary.Length;
        int status, error;
        nint program;
        fixed (byte* p = binary)
        {
            byte* bytes = p;
            program = backend.Api.CreateProgramWithBinary(context, 1, &id, &length, &bytes, &status, &error);
        }
        if (error != 0) return 0;
        if (status == 0 && Build(program, options) == 0) return program;
        backend.Api.ReleaseProgram(program);
        return 0;
    }

    private int Build(nint program, string with)
    {
        int error = backend.FaultIn("clBuildProgram");
        using var handlers = SignalHandlers.KeepFaults();
        fixed (byte* text = Encoding.UTF8.GetBytes(with + '\0'))
            return error != 0 ? error : backend.Api.BuildProgramWithoutCallback(program, backend.Device.Id, text);
    }

    private byte[]? Binary(nint program)
    {
        nuint size;
        if (backend.Api.GetProgramInfo(program, ProgramInfo.BinarySizes, (nuint)sizeof(nuint), &size, null) != 0 || size == 0) return null;
        byte[] binary = new byte[size];
        fixed (byte* p = binary)
        {
            byte* bytes = p;
            return backend.Api.GetProgramInfo(program, ProgramInfo.Binaries, (nuint)sizeof(byte*), &bytes, null) == 0 ? binary : null;
        }
    }

    private long KernelsIn(nint program)
    {
        nuint count = 0;
        return backend.Api.GetProgramInfo(program, ProgramInfo.NumKernels, (nuint)sizeof(nuint), &count, null) == 0 ? (long)count : 0;
    }

    private string Log(nint program)
    {
        nuint size;
        if (backend.Api.GetProgramBuildInfo(program, backend.Device.Id, ProgramBuildInfo.BuildLog, 0, null, &size) != 0 || size == 0)
            return "(no build log)";
        byte[] log = new byte[size];
        fixed (byte* p = log) backend.Api.GetProgramBuildInfo(program, backend.Device.Id, ProgramBuildInfo.BuildLog, size, p, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    private static string Numbered(string source) => string.Join('\n', source.Split('\n').Select((line, i) => $"{i + 1,5} | {line}"));
}
