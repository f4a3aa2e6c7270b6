using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Culvert.ProxyHost;

/// <summary>Gathers log lines and writes them several times a second: a tunnel never waits for a slow terminal or journal. What does not fit is counted and said.</summary>
internal sealed class JsonLogWriter : ILoggerFactory
{
    private const int MaxWaiting = 4 * 1024 * 1024;
    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly Stream _output;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private ArrayBufferWriter<byte> _waiting = new(16 * 1024);
    private ArrayBufferWriter<byte> _written = new(16 * 1024);
    private readonly Utf8JsonWriter _json;
    private long _dropped;

    public JsonLogWriter(Stream output, LogLevel minimum, TimeProvider clock)
    {
        (_output, Minimum, _clock) = (output, minimum, clock);
        // The log is read as text and by JSON parsers, never as HTML: "->" may stay as it is.
        _json = new Utf8JsonWriter(_waiting, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _timer = clock.CreateTimer(_ => Flush(), null, FlushEvery, FlushEvery);
    }

    public LogLevel Minimum { get; }

    public ILogger CreateLogger(string categoryName) => new JsonLogger(this, _clock);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one kind of log.");

    public void Write(Action<Utf8JsonWriter> fields)
    {
        lock (_gate)
        {
            if (_waiting.WrittenCount > MaxWaiting)
            {
                _dropped++;
                return;
            }

            WriteLine(fields);
        }
    }

    public void Flush()
    {
        lock (_writing)
        {
            lock (_gate)
            {
                if (_dropped > 0)
                {
                    var dropped = _dropped;
                    _dropped = 0;
                    WriteLine(json =>
                    {
                        json.WriteString("time", _clock.GetUtcNow());
                        json.WriteString("level", "warning");
                        json.WriteString("event", "LogDropped");
                        json.WriteNumber("lines", dropped);
                    });
                }

                if (_waiting.WrittenCount == 0)
                {
                    return;
                }

                (_waiting, _written) = (_written, _waiting);
            }

            try
            {
                _output.Write(_written.WrittenSpan);
                _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads the log any more; the tunnels are worth more.
            }

            _written = _written.Capacity > 1024 * 1024 ? new(16 * 1024) : Emptied(_written);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
        _json.Dispose();
    }

    private static ArrayBufferWriter<byte> Emptied(ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        return buffer;
    }

    private void WriteLine(Action<Utf8JsonWriter> fields)
    {
        _json.Reset(_waiting);
        _json.WriteStartObject();
        fields(_json);
        _json.WriteEndObject();
        _json.Flush();
        _waiting.Write("\n"u8);
    }
}
