namespace Culvert;

/// <summary>The name of a sensor in its cloud: 1 to 128 characters of ASCII letters, digits and <c>- . _</c>.</summary>
/// <remarks>A subset of what Azure IoT Hub allows in a device id, so that the same name works in both clouds and in file names.</remarks>
public readonly record struct SensorId
{
    /// <summary>The longest name, in characters (IoT Hub's limit for a device id).</summary>
    public const int MaxLength = 128;

    /// <summary>Makes an id. Throws <see cref="FormatException"/> when the text is not one.</summary>
    public SensorId(string value)
    {
        if (!IsValid(value))
        {
            throw new FormatException($"'{value}' is not a sensor name; expected 1 to {MaxLength} letters, digits, '-', '.' or '_', starting with a letter or digit.");
        }

        Value = value;
    }

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>Whether the text can be a sensor's name.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}
