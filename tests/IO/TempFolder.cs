namespace GpuTensor.Tests.IO;

/// <summary>A folder of a test's own, removed with all in it.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("gputensor-test-").FullName;

    public string this[string name] => Path.Combine(path, name);

    public string[] Files => [.. Directory.GetFileSystemEntries(path).Select(f => Path.GetFileName(f)).Order()];

    public string Write(string name, params ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(path, recursive: true);
}
