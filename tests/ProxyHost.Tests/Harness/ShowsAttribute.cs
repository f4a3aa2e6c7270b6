namespace Culvert.ProxyHost.Tests.Harness;

/// <summary>Names the settings whose effect a test shows, as paths of keys.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShowsAttribute(params string[] settings) : Attribute
{
    public IReadOnlyList<string> Settings => settings;
}
