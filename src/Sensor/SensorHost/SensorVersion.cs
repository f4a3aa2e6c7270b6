using System.Reflection;

namespace Culvert.SensorHost;

/// <summary>The version of this software.</summary>
internal static class SensorVersion
{
    /// <summary>As <c>0.1.0</c>, without the commit.</summary>
    public static string Text { get; } =
        (typeof(SensorVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
