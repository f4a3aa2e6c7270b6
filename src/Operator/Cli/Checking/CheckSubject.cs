using System.Net;
using Culvert.Checking;

namespace Culvert.Cli;

/// <summary>What is to be checked, read and put together.</summary>
/// <param name="Request">For the checks.</param>
/// <param name="Hosts">Names that are resolved from the settings.</param>
/// <param name="Title">For people.</param>
internal sealed record CheckSubject(CheckRequest Request, IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts, string Title);
