namespace Culvert.Configuration;

/// <summary>A place in a file, line and column from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>A YAML value with its place.</summary>
internal abstract record Node(Position At)
{
    /// <summary>What the value is, for a mistake.</summary>
    public abstract string Describe();
}

/// <summary>A scalar; plain ones may be null, quoted ones are always text.</summary>
internal sealed record ScalarNode(Position At, string Text, bool IsPlain) : Node(At)
{
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Describe() => IsNull ? "nothing is written" : Quote.Of(Text);
}

/// <summary>A sequence.</summary>
internal sealed record SequenceNode(Position At, IReadOnlyList<Node> Items) : Node(At)
{
    public override string Describe() => "a list";
}

/// <summary>A mapping; keys in the order written.</summary>
internal sealed record MappingNode(Position At, IReadOnlyList<Entry> Entries) : Node(At)
{
    public override string Describe() => "a group of fields";
}

/// <summary>One key with its value.</summary>
internal sealed record Entry(Position At, string Key, Node Value);
