using System.Globalization;

namespace GpuTensor;

/// <summary>The engine's environment variables: the only place that reads the environment. Each has a form; a value of another form is an
/// error that names variable, value and form.</summary>
internal static class EnvironmentVariables
{
    /// <summary>The device of <see cref="Device.Default"/>; null leaves the choice to the library.</summary>
    public static TextVariable Device { get; } = new("GPUTENSOR_DEVICE");

    /// <summary>The folder of compiled kernels and tuning results.</summary>
    public static TextVariable Cache { get; } = new("GPUTENSOR_CACHE");

    /// <summary>The folder of the Fashion-MNIST files.</summary>
    public static TextVariable Data { get; } = new("GPUTENSOR_DATA");

    /// <summary>Parts of names of OpenCL platforms, devices or drivers to leave out, separated by commas.</summary>
    public static TextVariable OpenClExclude { get; } = new("GPUTENSOR_OPENCL_EXCLUDE");

    /// <summary>Whether each operator runs as it is recorded.</summary>
    public static SwitchVariable Eager { get; } = new("GPUTENSOR_EAGER", absent: false);

    /// <summary>Whether tiles of matrix products are timed.</summary>
    public static SwitchVariable Autotune { get; } = new("GPUTENSOR_AUTOTUNE", absent: true);

    /// <summary>Whether CUDA waits after each launch.</summary>
    public static SwitchVariable CudaBlocking { get; } = new("GPUTENSOR_CUDA_BLOCKING", absent: false);

    /// <summary>Bytes the engine may take from a device.</summary>
    public static BytesVariable MemoryLimit { get; } = new("GPUTENSOR_MEMORY_LIMIT", absent: long.MaxValue);

    /// <summary>Bytes of plans that are kept.</summary>
    public static BytesVariable PlanCache { get; } = new("GPUTENSOR_PLAN_CACHE", absent: 64 << 20);

    /// <summary>Elements up to which a thread of CUDA's element-by-element kernels takes one; null where the device's own number
    /// holds.</summary>
    public static CountVariable SmallDomain { get; } = new("GPUTENSOR_SMALL_DOMAIN");

    /// <summary>All that have a form a value can fail to have.</summary>
    public static IReadOnlyList<FormedVariable> Formed { get; } = [Eager, Autotune, CudaBlocking, MemoryLimit, PlanCache, SmallDomain];

    /// <summary>Refuses values that mean nothing. Every device does this before it opens, so that no setting is ignored silently.</summary>
    /// <exception cref="TensorException">A variable has a value of another form; the message names variable, value and form.</exception>
    public static void Check()
    {
        foreach (var variable in Formed) variable.Check(Text(variable.Name));
    }

    /// <summary>A variable's text, ours or another program's; null where it is unset or empty.</summary>
    public static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Bytes as users write them: <c>1073741824</c>, <c>512MB</c> (powers of 1000), <c>1.5 GiB</c> or <c>2G</c> (powers of
    /// 1024).</summary>
    /// <returns>False for anything else, also for 0, and for more than fits into a long.</returns>
    public static bool TryParseBytes(string text, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        int digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.')) digits++;
        if (!decimal.TryParse(trimmed.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            return false;
        string unit = trimmed[digits..].Trim().ToUpperInvariant();
        int power = unit.Length == 0 ? 0 : "BKMGT".IndexOf(unit[0], StringComparison.Ordinal);
        decimal? scale = unit is "" or "B" ? 1 : power < 1 ? null : unit[1..] switch { "B" => 1000, "IB" or "" => 1024, _ => null };
        if (scale is not { } factor) return false;
        // Below 2^63 a decimal has room for another factor of 1024.
        if (number > long.MaxValue) return false;
        for (int i = 0; i < power && number <= long.MaxValue; i++) number *= factor;
        if (number < 1 || number > long.MaxValue || number != decimal.Truncate(number)) return false;
        bytes = (long)number;
        return true;
    }
}

/// <summary>A variable that any text is a value of.</summary>
internal sealed class TextVariable(string name)
{
    /// <summary>The variable's name.</summary>
    public string Name => name;

    /// <summary>The text; null where the variable is unset or empty.</summary>
    public string? Value => EnvironmentVariables.Text(name);
}

/// <summary>A variable whose values have a form.</summary>
internal abstract class FormedVariable(string name, string form)
{
    /// <summary>The variable's name.</summary>
    public string Name => name;

    /// <summary>Refuses a value of another form; null stands for an unset variable.</summary>
    /// <exception cref="TensorException">The message names variable, value and form.</exception>
    public void Check(string? text)
    {
        if (text is not null && !Has(text)) throw new TensorException($"The environment variable {name} is '{text}': expected {form}.");
    }

    protected abstract bool Has(string text);
}

/// <summary>A variable of 0 or 1.</summary>
internal sealed class SwitchVariable(string name, bool absent) : FormedVariable(name, "0 or 1")
{
    /// <summary>Whether it is on.</summary>
    public bool Value => EnvironmentVariables.Text(Name) is { } text ? text == "1" : absent;

    protected override bool Has(string text) => text is "0" or "1";
}

/// <summary>A variable of bytes.</summary>
internal sealed class BytesVariable(string name, long absent) : FormedVariable(name, "at least 1 byte, as 1073741824, 512MB or 10GiB")
{
    /// <summary>The bytes.</summary>
    public long Value => EnvironmentVariables.Text(Name) is { } text && EnvironmentVariables.TryParseBytes(text, out long bytes) ? bytes
        : absent;

    protected override bool Has(string text) => EnvironmentVariables.TryParseBytes(text, out _);
}

/// <summary>A variable of a count.</summary>
internal sealed class CountVariable(string name) : FormedVariable(name, "a whole number from 0 on, as 262144")
{
    /// <summary>The count; null where the variable is unset.</summary>
    public long? Value => EnvironmentVariables.Text(Name) is { } text && TryParse(text, out long count) ? count : null;

    protected override bool Has(string text) => TryParse(text, out _);

    private static bool TryParse(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
