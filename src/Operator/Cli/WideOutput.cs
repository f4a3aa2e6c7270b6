using System.Text;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary>Output that breaks lines only where a terminal is: a file or a pipe gets each line whole.</summary>
internal sealed class WideOutput(TextWriter writer, bool isRedirected) : IAnsiConsoleOutput
{
    private readonly AnsiConsoleOutput _terminal = new(writer);

    public TextWriter Writer => writer;

    public bool IsTerminal => !isRedirected && _terminal.IsTerminal;

    public int Width => isRedirected ? 4096 : _terminal.Width;

    public int Height => _terminal.Height;

    public void SetEncoding(Encoding encoding) => _terminal.SetEncoding(encoding);
}
