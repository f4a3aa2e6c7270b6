using System.Text;

namespace Culvert.Checking;

/// <summary>What came of asking one hop one question.</summary>
internal sealed record HopAnswer
{
    /// <summary>How the hop was reached.</summary>
    public required Trace Way { get; init; }

    /// <summary>The answer's head with some of its body; null when the answer is not HTTP or there is none.</summary>
    public HttpHead? Head { get; init; }

    /// <summary>The first bytes, whatever they are.</summary>
    public byte[] Seen { get; init; } = [];

    /// <summary>How many bytes came in all.</summary>
    public int Count { get; init; }

    /// <summary>How the exchange ended when there was no HTTP answer.</summary>
    public Cause Ended { get; init; }

    /// <summary>From the question to the answer's head, or to the end.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether bytes came from the hop itself, so that it lives and everything before it works.</summary>
    public bool Lives => Way.Succeeded && Seen.Length > 0;

    /// <summary>Whether an answer began and did not end in time.</summary>
    public bool Drips => Way.Succeeded && Count > 0 && Ended == Cause.NoAnswer;

    /// <summary>In words.</summary>
    public string Words => !Way.Succeeded ? "was not reached"
        : Head is not null ? Head.Line
        : Drips ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Count} bytes of an answer within {Elapsed.TotalSeconds:0} s")
        : Seen.Length > 0 ? $"answered: {HttpHead.Clean(Encoding.Latin1.GetString(Seen), 64)}"
        : Ended switch
        {
            Cause.ConnectionClosed => "closed without an answer",
            Cause.ConnectionReset => "reset the connection",
            _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no answer within {Elapsed.TotalSeconds:0.#} s"),
        };
}
