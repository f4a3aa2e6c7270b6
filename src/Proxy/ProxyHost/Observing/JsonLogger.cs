using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Culvert.ProxyHost;

/// <summary>Writes each entry as one line of JSON: time, level, event, message, and every value of the template as a field of its own.</summary>
internal sealed class JsonLogger(JsonLogWriter writer, TimeProvider clock) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= writer.Minimum;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        writer.Write(json =>
        {
            json.WriteString("time", clock.GetUtcNow());
            json.WriteString("level", Name(logLevel));
            json.WriteString("event", eventId.Name);
            json.WriteString("message", formatter(state, exception));
            foreach (var (key, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
            {
                if (key != "{OriginalFormat}")
                {
                    WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(key), value);
                }
            }

            if (exception is not null)
            {
                json.WriteString("exception", exception.ToString());
            }
        });
    }

    private static void WriteValue(Utf8JsonWriter json, string key, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case int number:
                json.WriteNumber(key, number);
                break;
            case long number:
                json.WriteNumber(key, number);
                break;
            case double number:
                json.WriteNumber(key, number);
                break;
            case Enum word:
                json.WriteString(key, JsonNamingPolicy.CamelCase.ConvertName(word.ToString()));
                break;
            default:
                json.WriteString(key, value.ToString());
                break;
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
