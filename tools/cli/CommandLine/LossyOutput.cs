using System.Text;
using Spectre.Console;

namespace GpuTensor.Cli;

/// <summary>A terminal that may go away: what can no longer be shown is dropped, so that a run whose terminal was closed writes its
/// checkpoint.</summary>
internal sealed class LossyOutput(IAnsiConsoleOutput terminal) : TextWriter, IAnsiConsoleOutput
{
    public TextWriter Writer => this;

    public bool IsTerminal => terminal.IsTerminal;

    public int Width => terminal.Width;

    public int Height => terminal.Height;

    public override Encoding Encoding => terminal.Writer.Encoding;

    public void SetEncoding(Encoding encoding) => terminal.SetEncoding(encoding);

    public override void Write(char value) => Try(() => terminal.Writer.Write(value));

    public override void Write(string? value) => Try(() => terminal.Writer.Write(value));

    public override void Flush() => Try(terminal.Writer.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
        }
    }
}
