namespace Culvert.Planning;

/// <summary>A value of an Azure resource, which Bicep and ARM JSON write differently and mean the same by.</summary>
internal abstract record AzureValue
{
    public static implicit operator AzureValue(string text) => new AzureText(text);

    public static implicit operator AzureValue(int number) => new AzureNumber(number);

    public static implicit operator AzureValue(bool flag) => new AzureFlag(flag);
}

/// <summary>Text as it is.</summary>
internal sealed record AzureText(string Text) : AzureValue;

/// <summary>A whole number.</summary>
internal sealed record AzureNumber(long Number) : AzureValue;

/// <summary>True or false.</summary>
internal sealed record AzureFlag(bool Flag) : AzureValue;

/// <summary>A list.</summary>
internal sealed record AzureList(params IReadOnlyList<AzureValue> Items) : AzureValue
{
    public static AzureList Of(IEnumerable<string> texts) => new([.. texts.Select(t => (AzureValue)t)]);
}

/// <summary>A group of fields in their order.</summary>
internal sealed record AzureGroup(params IReadOnlyList<(string Key, AzureValue Value)> Fields) : AzureValue;

/// <summary>An expression: in Bicep as it is, in ARM within brackets.</summary>
internal sealed record AzureExpression(string Bicep, string Arm) : AzureValue
{
    /// <summary>A parameter's value.</summary>
    public static AzureExpression Parameter(string name) => new(name, $"parameters('{name}')");
}
