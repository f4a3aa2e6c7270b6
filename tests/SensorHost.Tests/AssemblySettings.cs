// They use Unix file modes and Linux interfaces.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
