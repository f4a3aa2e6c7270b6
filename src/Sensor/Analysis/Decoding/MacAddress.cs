namespace Culvert.Analysis;

/// <summary>A 48-bit address in the low bits; zero means none (also what loopback captures show).</summary>
internal readonly record struct MacAddress(ulong Value)
{
    public bool IsNone => Value == 0;

    /// <summary>The group bit (IEEE 802, section 8.2): multicast or broadcast.</summary>
    public bool IsGroup => (Value >> 40 & 1) != 0;

    public bool IsLocal => (Value >> 40 & 2) != 0;

    public static MacAddress From(ReadOnlySpan<byte> b) =>
        new(((ulong)b[0] << 40) | ((ulong)b[1] << 32) | ((ulong)b[2] << 24) | ((ulong)b[3] << 16) | ((ulong)b[4] << 8) | b[5]);

    public override string ToString() => string.Create(17, Value, static (text, value) =>
    {
        const string digits = "0123456789abcdef";
        for (var i = 0; i < 6; i++)
        {
            var octet = (int)(value >> (40 - (8 * i))) & 0xFF;
            text[3 * i] = digits[octet >> 4];
            text[(3 * i) + 1] = digits[octet & 15];
            if (i < 5)
            {
                text[(3 * i) + 2] = ':';
            }
        }
    });
}
