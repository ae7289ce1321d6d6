using System.CommandLine;
using GpuTensor.Backends.OpenCl;
using Spectre.Console;

namespace GpuTensor.Cli;

/// <summary><c>gputensor devices</c>: what was found, what is missing, and how to install it.</summary>
internal static class DevicesCommand
{
    /// <summary>A device, or a place where one could be.</summary>
    /// <param name="Name">As <c>--device</c> takes it.</param>
    /// <param name="Usable">True where tensors can live on it.</param>
    /// <param name="Description">The hardware's own name, or what is missing.</param>
    private sealed record Found(string Name, bool Usable, string Description);

    public static Command Make()
    {
        var json = CommonOptions.Json();
        var command = new Command("devices", "Show the devices that were found, what is missing and how to install it") { json };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        List<Found> found = [Open("cuda:0")];
        if (found[0].Usable)
            for (int i = 1; Open($"cuda:{i}") is { Usable: true } next; i++) found.Add(next);
        foreach (var device in OpenClPlatform.Devices())
        {
            var opened = Open($"opencl:{device.Index}");
            found.Add(opened with { Description =
                $"{(opened.Usable ? device.Name : $"{device.Name}; {opened.Description}")} ({device.PlatformName}, driver "
                + $"{device.DriverVersion})" });
        }
        found.Add(Open("cpu"));
        string chosen = GpuTensor.Device.Default.Name;
        if (json)
        {
            Console.WriteLine(JsonLine.Of(new
            {
                @default = chosen,
                devices = found.Select(f => new { name = f.Name, usable = f.Usable, description = f.Description }),
                missing = OpenClPlatform.Reason,
            }));
            return 0;
        }
        var table = new Table().AddColumns("device", "usable", "what it is").Border(TableBorder.Rounded);
        foreach (var device in found)
            table.AddRow(Markup.Escape(device.Name == chosen ? device.Name + " (default)" : device.Name), device.Usable ? "[green]yes[/]"
                : "no", Markup.Escape(device.Description));
        AnsiConsole.Write(table);
        if (OpenClPlatform.Reason.Length > 0) Console.WriteLine(OpenClPlatform.Reason);
        return 0;
    }

    private static Found Open(string name)
    {
        try
        {
            return new(name, true, GpuTensor.Device.Parse(name).Description);
        }
        catch (DeviceException e)
        {
            return new(name, false, e.Message);
        }
    }
}
