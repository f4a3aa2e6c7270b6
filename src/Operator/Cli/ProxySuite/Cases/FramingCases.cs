namespace Culvert.Cli;

/// <summary>Heads that two programs could read differently (RFC 9112): what comes after them must not become a second request.</summary>
internal static class FramingCases
{
    private const string Group = "framing";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        Smuggles("a body of CONNECT", "Content-Length: {0}\r\n", "{1}"),
        Smuggles("a chunked body of CONNECT", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("a body with both lengths", "Content-Length: {0}\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("a body with two lengths", "Content-Length: 0\r\nContent-Length: {0}\r\n", "{1}"),
        Smuggles("a body with a list of lengths", "Content-Length: 0, {0}\r\n", "{1}"),
        Smuggles("a body with a signed length", "Content-Length: +{0}\r\n", "{1}"),
        Smuggles("a body with a negative length", "Content-Length: -1\r\n", "{1}"),
        Smuggles("a body with a length beyond all numbers", "Content-Length: 99999999999999999999\r\n", "{1}"),
        Smuggles("a body with a space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("a body with a folded coding", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("a body with an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("a body with a vertical tab in its coding", "Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n{1}"),
        Smuggles("bytes after a bare line feed", "X: y\n\n{1}X: y\r\n", ""),
        Smuggles("bytes after a bare carriage return", "X: y\r\r{1}X: y\r\n", ""),
        Smuggles("bytes in a field", "X: y {1}", ""),
        Malformed("a space before the colon", "X : y\r\n"),
        Malformed("a field without a colon", "this is no field\r\n"),
        Malformed("a field without a name", ": y\r\n"),
        Malformed("a NUL in a field", "X: a\0b\r\n"),
        Malformed("a bare carriage return in a field", "X: a\rb\r\n"),
        Malformed("a folded field", "X: a\r\n b\r\n"),
        Malformed("a space before the first field", " X: y\r\n"),
        Malformed("a control character in a name", "X\u0001: y\r\n"),
        Malformed("bytes above ASCII in a value", "X: \u00e4\u00ff\r\n"),
        Malformed("bytes above ASCII in a name", "X\u00e4: y\r\n"),
        Asking.Decides(Group, "two equal Host fields", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Asking.Decides(Group, "two Host fields, the second of another host", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\nHost: {s.Destinations.Unlisted}\r\n\r\n"),
        Asking.Decides(Group, "a Host that is no host", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: a b/c@d\r\n\r\n"),
        Asking.Decides(Group, "no Host at all", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\n\r\n"),
        Asking.Decides(Group, "lines that end with a bare line feed", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\nHost: {s.Destinations.Echo}\n\n"),
        Asking.Decides(Group, "an empty line before the request", s => $"\r\nCONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Asking.Decides(Group, "two blanks in the request line", s => $"CONNECT  {s.Destinations.Echo}  HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Asking.Decides(Group, "tabs in the request line", s => $"CONNECT\t{s.Destinations.Echo}\tHTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Asking.Decides(Group, "a fourth word in the request line", s => $"CONNECT {s.Destinations.Echo} HTTP/1.1 {s.Destinations.Unlisted}\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
        Asking.Decides(Group, "the method in small letters", s => $"connect {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n\r\n"),
    ];

    private static SuiteCase Smuggles(string name, string fields, string body) => Asking.Smuggles(Group, name, fields, body);

    private static SuiteCase Malformed(string name, string field) =>
        Asking.Decides(Group, name, s => $"CONNECT {s.Destinations.Echo} HTTP/1.1\r\nHost: {s.Destinations.Echo}\r\n{field}\r\n");
}
