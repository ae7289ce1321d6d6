using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>The CUDA of this process: is there one, which version, which devices. Nothing is loaded before the first question.</summary>
public static class Cuda
{
    /// <summary>The oldest driver these bindings run on, by its CUDA version. Younger entry points are asked for one by one.</summary>
    public static Version MinimumDriverVersion { get; } = new(11, 0);

    private static readonly Lazy<Startup> State = new(Startup.Run);

    /// <summary>True where a driver loads, starts and has a GPU. Never throws.</summary>
    public static bool IsAvailable => State.Value.Failure is null;

    /// <summary>Why not, with everything that was tried; null where CUDA is available.</summary>
    public static string? WhyUnavailable => State.Value.Failure?.Message;

    /// <summary>The driver's CUDA version, the newest it supports; 0.0 where there is no driver.</summary>
    public static Version DriverVersion => ToVersion(CudaLibraries.Shared.DriverVersion);

    /// <summary>The GPUs.</summary>
    /// <exception cref="CudaException">CUDA is not available; says why.</exception>
    public static IReadOnlyList<CudaDevice> Devices
    {
        get
        {
            Require();
            return State.Value.Devices;
        }
    }

    /// <summary>Every attempt to find a native library so far, in order.</summary>
    public static IReadOnlyList<LibraryAttempt> LibraryAttempts => CudaLibraries.Shared.Attempts;

    /// <summary>Looks for a library now, and says where it was found; null where it cannot be loaded. Never throws.</summary>
    public static string? Locate(CudaLibrary library) => CudaLibraries.Shared.Get(library)?.Path;

    /// <summary>Makes sure that CUDA is available.</summary>
    /// <exception cref="CudaLibraryException">The driver is not installed; lists what was tried.</exception>
    /// <exception cref="CudaException">It does not start, is too old, or sees no GPU.</exception>
    public static void Require()
    {
        switch (State.Value.Failure)
        {
            case null: return;
            // A fresh exception each time: stack traces of one shared object would pile up.
            case CudaLibraryException: throw CudaLibraries.Shared.Missing(CudaLibrary.Driver);
            case CudaException e: throw new CudaException(e.Message, e.Result, e.Call, inner: e);
            case var e: throw new CudaException(e.Message, inner: e);
        }
    }

    /// <summary>1000 × major + 10 × minor as a version.</summary>
    internal static Version ToVersion(int number) => new(number / 1000, number % 1000 / 10);

    /// <summary>What the first question found.</summary>
    private sealed record Startup(Exception? Failure, IReadOnlyList<CudaDevice> Devices)
    {
        public static Startup Run()
        {
            try
            {
                return new(null, Start());
            }
            // IsAvailable must not throw, whatever a broken installation does: it becomes the reason.
            catch (Exception e)
            {
                return new(e, []);
            }
        }

        private static unsafe List<CudaDevice> Start()
        {
            var libraries = CudaLibraries.Shared;
            var driver = libraries.Require(CudaLibrary.Driver);
            try
            {
                var version = ToVersion(libraries.DriverVersion);
                if (version < MinimumDriverVersion)
                    throw new CudaException($"The driver at {driver.Path} is of CUDA {version}; {MinimumDriverVersion} or newer is needed.",
                        CudaResult.CallRequiresNewerDriver);
                Check.Driver(cuInit(0), driver.Path);
                ProcessExit.Watch();
                int count;
                Check.Driver(cuDeviceGetCount(&count));
                if (count == 0) throw Check.DriverError(CudaResult.NoDevice, nameof(cuDeviceGetCount));
                var devices = new List<CudaDevice>(count);
                for (int ordinal = 0; ordinal < count; ordinal++)
                {
                    int handle;
                    Check.Driver(cuDeviceGet(&handle, ordinal));
                    devices.Add(new CudaDevice(ordinal, handle));
                }
                return devices;
            }
            catch (EntryPointNotFoundException e)
            {
                throw new CudaException($"The driver at {driver.Path} lacks an entry point every driver has: {e.Message}", inner: e);
            }
        }
    }
}
