using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Culvert.PortalHost;

/// <summary>A word of an enum in a query, whatever its letter case: the API writes <c>camelCase</c>, and what it writes it reads.</summary>
/// <typeparam name="T">The enum.</typeparam>
/// <param name="Value">The value.</param>
public readonly record struct QueryWord<T>(T Value)
    where T : struct, Enum
{
    /// <summary>Reads a word; numbers are none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">The word.</param>
#pragma warning disable CA1000 // Minimal APIs bind a parameter by exactly this method of its type.
    public static bool TryParse(string? text, out QueryWord<T> word)
#pragma warning restore CA1000
    {
        var known = Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text![0]) && text[0] is not ('-' or '+');
        word = new QueryWord<T>(value);
        return known;
    }
}

/// <summary>Describes such words in the API's document.</summary>
internal static class QueryWordSchema
{
    /// <summary>Lists the words that a parameter may have.</summary>
    /// <param name="schema">The parameter's schema.</param>
    /// <param name="type">The parameter's type.</param>
    public static void Describe(OpenApiSchema schema, Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        if (type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(QueryWord<>))
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetNames(type.GetGenericArguments()[0]).Select(n => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(n))];
        }
    }
}
