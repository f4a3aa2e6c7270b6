using System.Net;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>Mutated answers of every kind, against the whole dialer: it always ends with a tunnel or a named cause, takes a bounded number of bytes, and its words can be shown.</summary>
public sealed class HostileAnswersTests
{
    // The longest header and body that are read, in each of a dial's rounds, and a little.
    private const long MostBytes = 4 * 1024 * 1024;
    private static readonly HostPort Far = new("far.example", 443);
    private static readonly HopCredentials User = new("PLANT\\user", "a word that is nowhere else");

    private static readonly string[] Http =
    [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\r\nServer: squid/5.7\r\nContent-Length: 12\r\n\r\nhello, world",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a, \\\"b\\\"\"\r\nContent-Length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, userhash=true\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nProxy-Authentication-Info: nextnonce=\"x\"\r\n\r\n",
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\nHTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM TlRMTVNTUAACAAAACQAJAK6qqqoVgohi8E6hHEyj6HgAAAAAAAA6AFdPUktHUk9VUA==\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\nHTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate oYIBADCBAKADCgEBoQwGCisGAQQBgjcCAgo=\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: third; error=dns_error; rcode=NXDOMAIN; details=\"a \\\"b\\\"\", second; received-status=502, first; received-status=502\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\nServer: squid\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Type: text/html\r\nVia: 1.1 a (squid/5.7)\r\n\r\n<html><title>x</title></html>",
        "HTTP/1.1 302 Found\r\nLocation: http://login.plant/php/uid.php?vsys=1\r\nDate: Tue, 01 Dec 2026 10:00:00 GMT\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2p1\r\n",
    ];

    private static readonly byte[][] Socks =
    [
        [5, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80],
        [5, 2, 1, 0, 5, 0, 0, 3, 4, 97, 98, 99, 100, 0, 80],
        [5, 2, 1, 1],
        [5, 0xff],
        [5, 0, 5, 5, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80],
    ];

    // A ServerHello of TLS 1.2 and an alert; what follows is rubbish anyway.
    private static readonly byte[][] Tls =
    [
        Convert.FromHexString("160303003a020000360303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00c02c00000eff01000100000b00040300010216030300040e000000"),
        [0x15, 3, 3, 0, 2, 2, 40],
        [0x16, 3, 1, 0xff, 0xff, 1, 2, 3],
    ];

    [Theory(Timeout = 120_000)]
    [InlineData(HopScheme.Http, 3000)]
    [InlineData(HopScheme.Socks5, 2000)]
    [InlineData(HopScheme.Https, 400)]
    public async Task Any_answer_ends_as_a_tunnel_or_a_named_cause(HopScheme scheme, int count)
    {
        byte[][] corpus = scheme switch { HopScheme.Http => [.. Http.Select(Encoding.Latin1.GetBytes)], HopScheme.Socks5 => Socks, _ => Tls };
        for (var seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            var stream = new HostileStream(Mutate(corpus[seed % corpus.Length], random, corpus), random, endless: seed % 3 == 0);
            var first = new Hop { Name = "first", Address = new HostPort("127.0.0.1", 1), Scheme = scheme, Credentials = seed % 4 == 0 ? null : User };
            var hops = (seed % 5) switch { 0 => new[] { first, first with { Name = "second" } }, 1 => [first, first with { Name = "second", Reach = HopReach.Forwarded }], _ => [first] };
            var dialer = new TunnelDialer(new TunnelDialerOptions { RequestTimeout = TimeSpan.FromSeconds(30), TlsTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, connector: new To(stream));
            DialResult result;
            try
            {
                result = await dialer.DialAsync(Dials.Via(hops), Far, TestContext.Current.CancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{scheme}, seed {seed}", e);
            }

            Assert.True(result.Succeeded != (result.Trace.Failure is not null), $"{scheme}, seed {seed}: neither open nor failed");
            Assert.True(stream.Taken < MostBytes, $"{scheme}, seed {seed}: {stream.Taken} bytes were taken");
            foreach (var step in result.Trace.Steps)
            {
                Assert.True(step.Evidence is not { Length: > 512 }, $"{scheme}, seed {seed}: {step.Evidence}");
                Assert.True(step.Evidence?.Any(c => c is < ' ' or '\u007f') != true, $"{scheme}, seed {seed}: {step.Evidence}");
                Assert.DoesNotContain(User.Password, step.Evidence ?? "", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Changes, cuts, repeats or joins; one in eight is left as it is.</summary>
    private static byte[] Mutate(byte[] bytes, Random random, byte[][] corpus)
    {
        var mutated = bytes.ToList();
        for (var i = random.Next(8); i > 0 && mutated.Count > 0; i--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutated.RemoveRange(at, Math.Min(random.Next(1, 20), mutated.Count - at));
                    break;
                case 2:
                    mutated.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 200)));
                    break;
                case 3:
                    mutated.InsertRange(at, corpus[random.Next(corpus.Length)]);
                    break;
                case 4:
                    mutated.InsertRange(at, Enumerable.Repeat(mutated.Skip(at).Take(40), random.Next(1, 60)).SelectMany(b => b).Take(8000).ToArray());
                    break;
                default:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>Connects to the stream, and to nothing at all the second time.</summary>
    private sealed class To(HostileStream stream) : ITcpConnector
    {
        private bool _used;

        public ValueTask<(Stream? Stream, Cause Cause, string? Evidence)> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken)
        {
            (Stream?, Cause, string?) answer = _used ? (null, Cause.ConnectionRefused, "once only") : (stream, Cause.None, null);
            _used = true;
            return new(answer);
        }
    }
}
