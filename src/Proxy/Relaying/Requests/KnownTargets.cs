using System.Text;

namespace Culvert.Relaying;

/// <summary>Remembers the last targets that were read: nearly every tunnel leads to one of a few, and reading a host strictly costs more than the rest of a request.</summary>
internal static class KnownTargets
{
    private const int Places = 64;
    private static readonly Known?[] s_known = new Known?[Places];

    /// <summary>Reads <c>host:port</c>, as <see cref="HostPort.TryParse"/> does.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out HostPort target)
    {
        // A place holds one target. Who sends others in between takes nothing away but this saving.
        ref var place = ref s_known[Hash(text) % Places];
        if (Volatile.Read(ref place) is { } known && text.SequenceEqual(known.Text))
        {
            target = known.Target;
            return true;
        }

        if (!HostPort.TryParse(Encoding.Latin1.GetString(text), out target))
        {
            return false;
        }

        Volatile.Write(ref place, new Known(text.ToArray(), target));
        return true;
    }

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = (uint)text.Length;
        foreach (var letter in text)
        {
            hash = (hash * 31) + letter;
        }

        return hash ^ (hash >> 16);
    }

    private sealed record Known(byte[] Text, HostPort Target);
}
