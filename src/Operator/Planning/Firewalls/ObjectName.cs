namespace Culvert.Planning;

/// <summary>Names of objects in firewalls' configurations.</summary>
internal static class ObjectName
{
    /// <summary>Letters, digits, <c>-</c> and <c>_</c> only, which every firewall takes; at most 31 characters, the shortest limit (PAN-OS rules before 10).</summary>
    public static string Of(string name)
    {
        var plain = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return plain.Length <= 31 ? plain : $"{plain[..22]}-{Hash(name):x8}";
    }

    /// <summary>Letters, digits and <c>_</c>, starting with a letter: an nftables identifier.</summary>
    public static string Identifier(string name) => $"n_{Of(name).Replace('-', '_')}";

    // FNV-1a: the same on every machine, unlike string.GetHashCode.
    private static uint Hash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
