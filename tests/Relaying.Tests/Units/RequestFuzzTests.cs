using System.Text;

namespace Culvert.Relaying.Tests.Units;

/// <summary>Requests changed in many ways at once: whatever the parser takes, a naive reader of lines must read in the same way, so that no proxy before or behind reads another request.</summary>
public sealed class RequestFuzzTests
{
    private const int Rounds = 40_000;
    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", "\r\n ", "\r\n\t", "\r\n\r\n", "Host: evil.example.com:443\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "content-length : 0\r\n", "CONNECT evil.example.com:443 HTTP/1.1\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1", "\u00ff", "\u0085", "%0d%0a", "[::1]", "@", "#", "?", "//", "*", "0x7f.1", "443", ":443", "65536", "-1",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_taken_is_read_the_same_by_a_naive_reader(int seed)
    {
        var random = new Random(seed);
        const string good = "CONNECT cloud.example.com:443 HTTP/1.1\r\nHost: cloud.example.com:443\r\nVia: 1.1 a (level 2)\r\nProxy-Authorization: Basic eDp5\r\nX: y\r\n\r\n";
        var taken = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = new StringBuilder(good);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(5))
                {
                    case 0: text.Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                    case 1: text[at] = (char)random.Next(256); break;
                    case 2: text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)); break;
                    case 3: text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at))); break;
                    default: text[at] = char.IsAsciiLetterLower(text[at]) ? char.ToUpperInvariant(text[at]) : text[at]; break;
                }
            }

            var bytes = Encoding.Latin1.GetBytes(text.ToString());
            var length = RequestParser.HeadLength(bytes, 0);
            if (length == 0)
            {
                continue;
            }

            var (asked, refusal) = RequestParser.Parse(bytes.AsSpan(0, length));
            Assert.True((asked is null) != (refusal is null), $"seed {seed}, round {round}");
            if (asked is null)
            {
                Assert.InRange(refusal!.Status, 400, 499);
                continue;
            }

            taken++;
            var head = Encoding.Latin1.GetString(bytes, 0, length);
            var why = $"seed {seed}, round {round}: {head}";
            Assert.DoesNotContain(head.Replace("\r\n", "", StringComparison.Ordinal), c => c is '\r' or '\n' or '\0');
            var lines = head[..^4].Split("\r\n");
            Assert.True(lines[0].Split(' ') is ["CONNECT", var target, "HTTP/1.1" or "HTTP/1.0"] && HostPort.Parse(target) == asked.Destination, why);
            var fields = lines.Skip(1).Select(l => l.Split(':', 2)).ToList();
            Assert.All(fields, f => Assert.True(f.Length == 2 && f[0].Length > 0 && !f[0].Contains(' ', StringComparison.Ordinal) && !f[0].Contains('\t', StringComparison.Ordinal), why));
            Assert.True(fields.Count(f => f[0].Equals("host", StringComparison.OrdinalIgnoreCase)) <= 1, why);
            Assert.DoesNotContain(fields, f => f[0].Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase));
            Assert.All(fields.Where(f => f[0].Equals("content-length", StringComparison.OrdinalIgnoreCase)), f => Assert.Equal("0", f[1].Trim(' ', '\t')));
        }

        // The changes are small enough that the oracle is asked often.
        Assert.InRange(taken, Rounds / 50, Rounds);
    }
}
