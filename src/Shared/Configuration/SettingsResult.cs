using System.Diagnostics.CodeAnalysis;

namespace Culvert.Configuration;

/// <summary>What came of reading a settings file: the model, or every mistake in it.</summary>
/// <typeparam name="T">The model.</typeparam>
public sealed class SettingsResult<T>
    where T : class
{
    internal SettingsResult(T? value, IReadOnlyList<SettingsMistake> mistakes) => (Value, Mistakes) = (value, mistakes);

    /// <summary>The model; null when there is any mistake.</summary>
    public T? Value { get; }

    /// <summary>All mistakes in the order of their lines; at most <see cref="SettingsFile.MaxMistakes"/>.</summary>
    public IReadOnlyList<SettingsMistake> Mistakes { get; }

    /// <summary>Gives the model when the file has no mistake.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value)
    {
        value = Value;
        return value is not null;
    }
}
