using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace GpuTensor.Tests.Simulator;

/// <summary>The machine a program of <see cref="Programs"/> runs on: <c>GPUTENSOR_SIMULATOR</c>'s text.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MachineAttribute(string settings) : Attribute
{
    public string Settings => settings;

    /// <summary>Whose folder is loaded: its names and exports.</summary>
    public string Driver { get; init; } = "13.0";
}

/// <summary>Host programs on the simulator, through the bindings and the native boundary as on a real GPU.</summary>
[Collection(nameof(SimulatorTests))]
public class SimulatorTests
{
    /// <summary>The programs' names.</summary>
    public static TheoryData<string> All() => new(typeof(Programs)
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(m => m.GetParameters().Length == 0).Select(m => m.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void Program(string name)
    {
        var machine = typeof(Programs).GetMethod(name)!.GetCustomAttribute<MachineAttribute>() ?? new("");
        string folder = SimulatorFolder.RequirePrivate(machine.Driver, compiles: false);
        // A second copy of the bindings, so that their state is fresh and their libraries are these.
        var copy = new BindingsCopy();
        var programs = copy.LoadFromAssemblyPath(typeof(Programs).Assembly.Location).GetType(typeof(Programs).FullName!)!;
        try
        {
            programs.GetMethod(nameof(Programs.Begin))!.Invoke(null, [folder, machine.Settings]);
            programs.GetMethod(name)!.Invoke(null, null);
            programs.GetMethod(nameof(Programs.End))!.Invoke(null, [name]);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    private sealed class BindingsCopy() : AssemblyLoadContext("simulator", isCollectible: false)
    {
        protected override Assembly? Load(AssemblyName name) => name.Name == "GpuTensor.Bindings"
            ? LoadFromAssemblyPath(typeof(GpuTensor.Bindings.Cuda.Cuda).Assembly.Location)
            : null;
    }
}
