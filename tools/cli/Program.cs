using System.CommandLine;
using GpuTensor.Cli;

var root = new RootCommand("GpuTensor: tensors and autograd for .NET, compiled for the device at hand.")
{
    TrainCommand.Make(),
    TutorialCommand.Make(),
    DevicesCommand.Make(),
    ConformanceCommand.Make(),
};
return Errors.Guard(() => root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
