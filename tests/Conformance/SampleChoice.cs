using System.Text.Json;

namespace GpuTensor.Conformance;

/// <summary>Which of each file's samples are run, out of an order that a seed gives.</summary>
/// <param name="Seed">The order.</param>
/// <param name="Refused">Whether the calls that must be refused are run as well: all of them.</param>
public abstract record SampleChoice(int Seed, bool Refused)
{
    /// <summary>The chosen places of an order of so many samples.</summary>
    protected abstract Range Of(int samples);

    internal IReadOnlyList<JsonElement> Of(string file, IReadOnlyList<JsonElement> samples)
    {
        var random = new Random(file.Aggregate(Seed, (hash, c) => unchecked(hash * 31 + c)));
        var order = samples.ToArray();
        random.Shuffle(order);
        return order[Of(order.Length)];
    }
}

/// <summary>A part of each file's samples; calls that must be refused are always run.</summary>
/// <param name="OneIn">About one sample in so many.</param>
/// <param name="AtLeast">So many of each file, if it has them.</param>
/// <param name="Seed">The draw.</param>
public sealed record SampleDraw(int OneIn, int AtLeast, int Seed) : SampleChoice(Seed, Refused: true)
{
    /// <inheritdoc/>
    protected override Range Of(int samples) => ..Math.Min(samples, Math.Max(AtLeast, samples / OneIn));
}

/// <summary>One of the rounds that together run every sample of a file once: 1 sample, then 2, 4, 8 and so on. Taking all files through a
/// round before the next one begins covers every operator soon, and the later samples in batches that share compilations.</summary>
/// <param name="Round">From 0; after a file's last one there is nothing to run.</param>
/// <param name="Seed">The order.</param>
/// <param name="Refused">Whether the calls that must be refused are run as well, for which one round suffices.</param>
public sealed record SampleRound(int Round, int Seed, bool Refused) : SampleChoice(Seed, Refused)
{
    /// <inheritdoc/>
    protected override Range Of(int samples) => Math.Min(samples, (1 << Round) - 1)..Math.Min(samples, (2 << Round) - 1);
}
