using System.CommandLine;
using GpuTensor.Cli;

var verbose = new Option<bool>("--verbose") { Description = "Show where an error came from", Recursive = true };
var root = new RootCommand("GpuTensor: tensors and autograd for .NET, compiled for the device at hand.")
{
    TrainCommand.Make(),
    TutorialCommand.Make(),
    ExplainCommand.Make(),
    DevicesCommand.Make(),
    DoctorCommand.Make(),
    ConformanceCommand.Make(),
    KernelsCommand.Make(),
    QualifyCommand.Make(),
    verbose,
};
var parsed = root.Parse(args);
return Errors.Guard(parsed.GetValue(verbose), () => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
