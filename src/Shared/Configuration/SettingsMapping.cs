using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Configuration;

/// <summary>A group of fields. Asking for a field makes it known; what nobody asked for is a mistake in the end.</summary>
public sealed class SettingsMapping
{
    private const int MaxItems = 10_000;
    private const string ExpectedReference = "expected a reference, { file: PATH } or { environment: NAME }";
    private readonly SettingsDocument _document;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    internal SettingsMapping(SettingsDocument document, MappingNode node, string field) => (_document, Node, Field) = (document, node, field);

    /// <summary>The path of this group, such as <c>proxies[2]</c>; empty for the file as a whole.</summary>
    public string Field { get; }

    /// <summary>The keys that are written, in their order.</summary>
    public IEnumerable<string> Keys => Node.Entries.Select(e => e.Key);

    /// <summary>Whether any mistake was told of this file so far: rules that build on others can wait until those are kept.</summary>
    public bool HasMistakes => _document.HasMistakes;

    internal MappingNode Node { get; }

    internal IEnumerable<string> Known => _known;

    internal IEnumerable<SettingsMapping> Opened => _document.Opened;

    /// <summary>Whether the field is written; makes it known.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A field that must be there. Gives the type's default when it is missing or wrong, which is then told as a mistake.</summary>
    public T Required<T>(string key, SettingKind<T> kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (Find(key) is { } entry)
        {
            return Scalar(entry.Value, Join(Field, key), kind, out var value) ? value : Absent<T>();
        }

        Missing(key, kind.Expected);
        return Absent<T>();
    }

    /// <summary>A field that may be left out, and its default.</summary>
    public T Optional<T>(string key, SettingKind<T> kind, T fallback)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Find(key) is { } entry && Scalar(entry.Value, Join(Field, key), kind, out var value) ? value : fallback;
    }

    /// <summary>A field that may be left out; null then.</summary>
    public T? Optional<T>(string key, SettingKind<T> kind)
        where T : class => Optional<T?>(key, Nullable(kind), null);

    /// <summary>A field that may be left out; null then.</summary>
    public T? OptionalValue<T>(string key, SettingKind<T> kind)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Find(key) is { } entry && Scalar(entry.Value, Join(Field, key), kind, out var value) ? value : null;
    }

    /// <summary>A list of scalars; empty when left out. Wrong items are told and dropped.</summary>
    public IReadOnlyList<T> List<T>(string key, SettingKind<T> kind, int minItems = 0)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var values = new List<T>();
        foreach (var (node, field) in Items(key, $"a list, each item {kind.Expected}", minItems))
        {
            if (Scalar(node, field, kind, out var value))
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>A nested group; null when left out or wrong.</summary>
    public SettingsMapping? Mapping(string key) => Find(key) is { } entry ? AsMapping(entry.Value, Join(Field, key)) : null;

    /// <summary>A nested group that must be there; an empty one (whose required fields are not told as well) when it is missing or wrong.</summary>
    public SettingsMapping? RequiredMapping(string key)
    {
        if (Find(key) is { } entry)
        {
            return AsMapping(entry.Value, Join(Field, key));
        }

        Missing(key, "a group of fields");
        return null;
    }

    /// <summary>A list of groups; empty when left out.</summary>
    public IReadOnlyList<SettingsMapping> Mappings(string key, int minItems = 0) =>
        [.. Items(key, "a list of groups, each starting with '- '", minItems).Select(i => AsMapping(i.Node, i.Field)).OfType<SettingsMapping>()];

    /// <summary>The text of a secret that must be there, by reference as <see cref="Secret"/>, and readable; null where it is not, which is told.</summary>
    public string? RequiredSecret(string key)
    {
        if (Secret(key) is not { } reference)
        {
            if (!Has(key))
            {
                Mistake(key, "this field is missing", ExpectedReference);
            }

            return null;
        }

        if (SecretResolver.TryResolve(reference, out var secret, out var why))
        {
            return secret;
        }

        Mistake(key, why, "expected a secret that can be read");
        return null;
    }

    /// <summary>A secret by reference: <c>key: { file: PATH }</c> or <c>key: { environment: NAME }</c>; null when left out. A secret written out is a mistake and is not repeated.</summary>
    public SecretReference? Secret(string key)
    {
        if (Find(key) is not { } entry)
        {
            return null;
        }

        var field = Join(Field, key);
        if (entry.Value is not MappingNode node)
        {
            _document.Add(entry.Value.At, field, entry.Value is ScalarNode { IsNull: false } ? "a secret written out" : entry.Value.Describe(), ExpectedReference);
            return null;
        }

        var reference = _document.Open(node, field);
        var file = reference.Optional("file", Setting.FilePath);
        var variable = reference.Optional("environment", Setting.Name);
        if ((file is null) == (variable is null))
        {
            if (!reference.Has("file") && !reference.Has("environment") || file is not null)
            {
                _document.Add(node.At, field, file is null ? "neither file nor environment" : "both file and environment", ExpectedReference);
            }

            return null;
        }

        return file is not null ? new SecretReference(SecretPlace.File, file) : new SecretReference(SecretPlace.Environment, variable!);
    }

    /// <summary>Tells a mistake of a field of this group, or, with an empty key, of the group; for rules that a kind cannot know.</summary>
    /// <param name="key">The field; its place is the group's when it is not written.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What was expected, beginning with "expected".</param>
    public void Mistake(string key, string found, string expected)
    {
        var node = key.Length == 0 ? null : Node.Entries.FirstOrDefault(e => e.Key == key);
        _document.Add(node?.Value.At ?? Node.At, key.Length == 0 ? Field : Join(Field, key), found, expected);
    }

    /// <summary>Tells a mistake of one item of a list.</summary>
    public void Mistake(string key, int index, string found, string expected)
    {
        var field = string.Create(CultureInfo.InvariantCulture, $"{Join(Field, key)}[{index}]");
        var list = Node.Entries.FirstOrDefault(e => e.Key == key)?.Value as SequenceNode;
        _document.Add(list is not null && index < list.Items.Count ? list.Items[index].At : Node.At, field, found, expected);
    }

    internal static string Join(string field, string key)
    {
        var shown = SensorId.IsValid(key) ? key : Quote.Of(key);
        return field.Length == 0 ? shown : $"{field}.{shown}";
    }

    internal static void ReportUnknown(IReadOnlyList<SettingsMapping> sameNode)
    {
        var first = sameNode[0];
        var known = new SortedSet<string>(sameNode.SelectMany(m => m._known), StringComparer.Ordinal);
        foreach (var entry in first.Node.Entries.Where(e => !known.Contains(e.Key)))
        {
            var near = Suggestion.For(entry.Key, known.Except(first.Keys));
            first._document.Add(
                entry.At,
                Join(first.Field, entry.Key),
                near is null ? "this field is not known" : $"this field is not known (did you mean '{near}'?)",
                known.Count == 0 ? "expected no fields here" : $"expected one of {string.Join(", ", known)}");
        }
    }

    // Text is never null for a caller, even where it is wrong and the result will be dropped.
    private static T Absent<T>() => typeof(T) == typeof(string) ? (T)(object)"" : default!;

    private static SettingKind<T?> Nullable<T>(SettingKind<T> kind)
        where T : class =>
        new(kind.Expected, (string text, string folder, [MaybeNullWhen(false)] out T? value, out string? found) => kind.Parser(text, folder, out value, out found));

    private Entry? Find(string key)
    {
        _known.Add(key);
        return Node.Entries.FirstOrDefault(e => e.Key == key);
    }

    private void Missing(string key, string expected) =>
        _document.Add(Node.At, Join(Field, key), "this field is missing", $"expected {expected}");

    private bool Scalar<T>(Node node, string field, SettingKind<T> kind, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not ScalarNode scalar || scalar.IsNull)
        {
            _document.Add(node.At, field, node.Describe(), $"expected {kind.Expected}");
            return false;
        }

        if (kind.Parser(scalar.Text, _document.Folder, out value, out var found))
        {
            return true;
        }

        _document.Add(node.At, field, found ?? scalar.Describe(), $"expected {kind.Expected}");
        return false;
    }

    private SettingsMapping? AsMapping(Node node, string field)
    {
        if (node is MappingNode mapping)
        {
            return _document.Open(mapping, field);
        }

        _document.Add(node.At, field, node.Describe(), "expected a group of fields");
        return null;
    }

    private IEnumerable<(Node Node, string Field)> Items(string key, string expected, int minItems)
    {
        var field = Join(Field, key);
        if (Find(key) is not { } entry)
        {
            if (minItems > 0)
            {
                Missing(key, expected);
            }

            yield break;
        }

        if (entry.Value is not SequenceNode list || list.Items.Count < minItems || list.Items.Count > MaxItems)
        {
            var found = entry.Value is SequenceNode { Items.Count: var count } ? string.Create(CultureInfo.InvariantCulture, $"{count} items") : entry.Value.Describe();
            _document.Add(entry.Value.At, field, found, string.Create(CultureInfo.InvariantCulture, $"expected {expected}; {minItems} to {MaxItems} items"));
            yield break;
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            yield return (list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"));
        }
    }
}
