using System.Diagnostics.CodeAnalysis;

namespace Culvert.Configuration;

/// <summary>Reads a scalar's text.</summary>
/// <param name="text">The text as written.</param>
/// <param name="folder">The folder of the file, for relative paths.</param>
/// <param name="value">The value, when it is one.</param>
/// <param name="found">A better description of what was found than the text itself; null for that.</param>
public delegate bool SettingParser<T>(string text, string folder, [MaybeNullWhen(false)] out T value, out string? found);

/// <summary>A kind of scalar setting: how it is read and what to tell a person who wrote something else.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
public sealed class SettingKind<T>
{
    /// <summary>Makes a kind.</summary>
    /// <param name="expected">What is expected, as a noun: <c>a whole number from 1 to 65535</c>.</param>
    /// <param name="parser">Reads the text.</param>
    public SettingKind(string expected, SettingParser<T> parser) => (Expected, Parser) = (expected, parser);

    /// <summary>What is expected, as a noun.</summary>
    public string Expected { get; }

    /// <summary>Reads the text.</summary>
    public SettingParser<T> Parser { get; }
}
