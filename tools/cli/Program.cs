using System.CommandLine;
using System.CommandLine.Help;
using GpuTensor.Cli;

var verbose = new Option<bool>("--verbose") { Description = "Show where an error came from", Recursive = true };
// Not a RootCommand, which would call itself by the name of the assembly.
var root = new Command("gputensor", "GpuTensor: tensors and autograd for .NET, compiled for the device at hand.")
{
    TrainCommand.Make(),
    TutorialCommand.Make(),
    ExplainCommand.Make(),
    DevicesCommand.Make(),
    DoctorCommand.Make(),
    ConformanceCommand.Make(),
    KernelsCommand.Make(),
    BitsCommand.Make(),
    QualifyCommand.Make(),
    verbose,
    new HelpOption(),
    new VersionOption(),
};
var parsed = root.Parse(args);
return Errors.Guard(parsed.GetValue(verbose), () => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
