using Silk.NET.OpenCL;

namespace GpuTensor.Backends.OpenCl;

/// <summary>The functions of OpenCL that take a callback, called without one. Silk.NET's own methods keep their callback, even null, in a
/// list that all threads share without a lock: where two threads build programs at once they fail now and then with an index out of
/// range.</summary>
internal static unsafe class OpenClCallbacks
{
    /// <summary><c>clCreateContext</c> for one device.</summary>
    /// <returns>The context; 0 where <paramref name="error"/> is not 0.</returns>
    public static nint CreateContextWithoutCallback(this CL api, nint* properties, nint device, out int error)
    {
        var call = (delegate* unmanaged<nint*, uint, nint*, nint, void*, int*, nint>)Address(api, "clCreateContext");
        int code;
        nint context = call(properties, 1, &device, 0, null, &code);
        error = code;
        return context;
    }

    /// <summary><c>clBuildProgram</c> for one device; returns when the program is built.</summary>
    /// <returns>OpenCL's error code.</returns>
    public static int BuildProgramWithoutCallback(this CL api, nint program, nint device, byte* options)
    {
        var call = (delegate* unmanaged<nint, uint, nint*, byte*, nint, void*, int>)Address(api, "clBuildProgram");
        return call(program, 1, &device, options, 0, null);
    }

    private static nint Address(CL api, string function) => api.Context.GetProcAddress(function);
}
