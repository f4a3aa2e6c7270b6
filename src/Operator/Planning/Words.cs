using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Words of the domain as they are written in files.</summary>
internal static class Words
{
    public static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
