using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuTensor.Nn;
using Module = GpuTensor.Nn.Module;

namespace GpuTensor.Tests.Attacks.Sweep;

/// <summary>The sweep within the process that it may bring down: makes the calls and writes a line for each. A line that begins with the
/// sign of a call and has no result names the call that ended the process.</summary>
internal static class SweepRun
{
    public const string Begin = "> ", Good = "  ", Bad = "! ", LeftOut = "- ";

    /// <summary>What a call may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static long began = long.MaxValue;

    /// <summary>The child's part.</summary>
    /// <param name="methods">Names, one a line of a file.</param>
    /// <param name="first">The number of the first call.</param>
    public static void Run(string methods, string first)
    {
        new Thread(Watch) { IsBackground = true }.Start();
        var wanted = File.ReadLines(methods).ToHashSet();
        int number = 0, start = int.Parse(first);
        foreach (var method in SweepMethod.All)
            if (wanted.Contains(method.Name))
                foreach (var receiver in Receivers)
                {
                    var calls = Calls(method, receiver(), out string? leftOut);
                    if (leftOut is not null) Console.WriteLine($"{LeftOut}{method}: {leftOut}");
                    foreach (var arguments in calls)
                        if (number++ >= start) Make(method, receiver(), arguments, number - 1);
                    if (leftOut is not null
                        || method.Owner != typeof(Tensor) && !method.Parameters.Any(p => p.ParameterType == typeof(Tensor))) break;
                }
    }

    /// <summary>The tensors that methods of <see cref="Tensor"/> are called on, and given.</summary>
    private static readonly Func<Tensor>[] Receivers =
    [
        () => Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }),
        () => Tensor.From([0L, 2, 1]),
        () => Tensor.Zeros(0, 3),
    ];

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(1000);
            if (Stopwatch.GetElapsedTime(Interlocked.Read(ref began)) > Limit && Interlocked.Read(ref began) != long.MaxValue)
                Environment.Exit(99);
        }
    }

    /// <summary>Each size in turn extreme and the others ordinary, then all extreme.</summary>
    private static List<object?[]> Calls(SweepMethod method, Tensor receiver, out string? leftOut)
    {
        leftOut = null;
        var calls = new List<object?[]>();
        try
        {
            object?[] ordinary = [.. method.Parameters.Select(p => SweepValues.Ordinary(p, receiver))];
            if (method.NeedsReceiver && method.Owner != typeof(Tensor)) SweepValues.Ordinary(method.Owner, receiver);
            object[][] extremes = [.. method.Parameters.Select(p => SweepValues.Extremes((MethodBase)p.Member, p).ToArray())];
            for (int i = 0; i < ordinary.Length; i++)
                foreach (object extreme in extremes[i])
                {
                    object?[] call = [.. ordinary];
                    call[i] = extreme;
                    calls.Add(call);
                }
            if (extremes.Count(e => e.Length > 0) > 1)
                for (int k = 0; k < extremes.Max(e => e.Length); k++)
                    calls.Add([.. ordinary.Select((usual, i) => extremes[i].Length == 0 ? usual : extremes[i][k % extremes[i].Length])]);
        }
        catch (Exception e) when (e is NotSupportedException or TargetInvocationException)
        {
            leftOut = (e.InnerException ?? e).Message;
        }
        return calls;
    }

    private static void Make(SweepMethod method, Tensor receiver, object?[] arguments, int number)
    {
        string call =
            $"{number} {method.Name.Split('(')[0]}({string.Join("; ", arguments.Select(Show))}) of {receiver.Shape} {receiver.DType}";
        Console.WriteLine($"{Begin}{call}");
        Interlocked.Exchange(ref began, Stopwatch.GetTimestamp());
        Tensor.ManualSeed(1);
        string result;
        try
        {
            object? target = !method.NeedsReceiver ? null
                : method.Owner == typeof(Tensor) ? receiver : SweepValues.Ordinary(method.Owner, receiver);
            object? value = method.Call(target, arguments);
            result = $"{Good}{Read(value)}{(method.NeedsReceiver && target is Tensor changed ? Read(changed) : "")}";
            Wait();
        }
        catch (Exception e)
        {
            result = IsOurs(e, method) ? $"{Good}{e.GetType().Name}" : $"{Bad}{e}";
        }
        try
        {
            Wait();
        }
        catch (TensorException)
        {
            // What a call that failed left behind is not the next one's.
        }
        Interlocked.Exchange(ref began, long.MaxValue);
        Console.WriteLine(result.ReplaceLineEndings("\\n"));
    }

    /// <summary>Indices on a device are reported at the next wait.</summary>
    private static void Wait() => Tensor.From([0f]).ToArray<float>();

    /// <summary>Reads what a call returned, as its user would.</summary>
    private static string Read(object? value)
    {
        switch (value)
        {
            case null: return "";
            case Tensor tensor:
                string text = $"{tensor.Shape} {tensor}";
                tensor.Realize();
                return text;
            case Module module:
                foreach (var (name, parameter) in module.NamedParameters()) Read(parameter);
                try
                {
                    return Read(module.Forward(Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } })));
                }
                catch (NotSupportedException)
                {
                    return "takes more than one tensor";
                }
            case string or Shape: return value.ToString()!;
            case ITuple tuple: return string.Concat(Enumerable.Range(0, tuple.Length).Select(i => Read(tuple[i])));
            case IEnumerable many: return string.Concat(many.Cast<object?>().Take(3).Select(Read));
            default: return FormattableString.Invariant($"{value}");
        }
    }

    /// <summary>A typed error of the library, or an argument exception that it raised about a parameter of its own.</summary>
    private static bool IsOurs(Exception e, SweepMethod method)
    {
        if (e is TensorException or IOException) return true;
        if (e is not ArgumentException { ParamName: { } name }) return false;
        // One of the dimensions given as dims is dim.
        if (method.Parameters.Any(p => p.Name == name || p.Name == $"{name}s")) return true;
        var ours = new StackTrace(e).GetFrames().Select(f => f.GetMethod())
            .FirstOrDefault(m => m?.DeclaringType?.Assembly == typeof(Tensor).Assembly);
        return ours?.GetParameters().Any(p => p.Name == name) == true;
    }

    private static string Show(object? argument) => argument switch
    {
        null => "null",
        Tensor t => $"tensor {t.Shape}",
        TensorIndex[] entries => $"{entries.Length} entries: {string.Join(", ", entries.Select(i => i.ToString()))}",
        string s => s,
        Shape or Dims or PerDimension or Padding => argument.ToString()!,
        IEnumerable many => $"[{string.Join(", ", many.Cast<object?>())}]",
        _ => FormattableString.Invariant($"{argument}"),
    };
}
