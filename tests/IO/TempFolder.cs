namespace GpuTensor.Tests.IO;

/// <summary>A folder of a test's own, removed with all in it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gputensor-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string[] Files => [.. Directory.GetFileSystemEntries(Path).Select(f => System.IO.Path.GetFileName(f)).Order()];

    public string Write(string name, params ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
