namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The tests that share one portal run one after the other.</summary>
[CollectionDefinition(Name)]
public static class OnePortal
{
    public const string Name = "one portal";
}
