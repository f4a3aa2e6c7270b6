using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Culvert.Relaying;

/// <summary>One connection from its acceptance to its end. It has no timer of its own: the server's sweep looks at every session once a second.</summary>
internal sealed class Session(RelayServer server, ListenerSettings listener, Leg accepted)
{
    private const int FirstBuffer = 2048;

    // The content type that every TLS connection begins with (RFC 8446, section 5.1).
    private const byte TlsHandshakeRecord = 0x16;
    private const int MaxLinger = 64 * 1024;
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(2);
    private readonly long _startedAt = server.Clock.GetTimestamp();
    private Leg _client = accepted;
    private Leg? _upstream;
    private RelayState? _state;
    private ClientIdentity? _identity;
    private AskedTunnel? _asked;
    private Refusal? _refusal;
    private string? _nextHop;
    private long _phaseSince = server.Clock.GetTimestamp();
    private long _seenUp;
    private long _seenDown;
    private volatile SessionPhase _phase = SessionPhase.Request;
    private volatile bool _expired;
    private TunnelEnd _cut = TunnelEnd.Open;

    /// <summary>The place in the server's list; the server's alone.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Whether it was counted among those of unknown sources; the server's alone.</summary>
    public bool IsStranger { get; set; }

    /// <summary>The source that it was counted for, null for none; the server's alone.</summary>
    public System.Net.IPAddress? Counted { get; set; }

    public TunnelFlow Flow { get; } = new();

    public bool WasOpen { get; private set; }

    public TunnelEnd End { get; private set; }

    public async Task RunAsync()
    {
        try
        {
            End = await ServeAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client or the way on broke outside the mover.
            End = _asked is null && _refusal is null ? TunnelEnd.Abandoned : TunnelEnd.ClientReset;
        }
#pragma warning disable CA1031 // A mistake in one session must not take the proxy, and all other tunnels, with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            End = TunnelEnd.Refused;
            RelayLog.Mistake(server.Logger, e, _client.Peer.ToString());
        }
        finally
        {
            _client.Dispose();
            _upstream?.Dispose();
            End = _cut != TunnelEnd.Open ? _cut : End;
            server.Remove(this);
            Log();
        }
    }

    /// <summary>Looks whether a deadline has passed; called by the sweep, under the server's lock. Gives whether <see cref="Expire"/> must be called.</summary>
    public bool IsDue(long now)
    {
        var limits = (_state ?? server.State).Policy.Settings.Limits;
        switch (_phase)
        {
            case SessionPhase.Request:
                return !_expired && server.Clock.GetElapsedTime(_phaseSince, now) >= limits.RequestTimeout;
            case SessionPhase.Leaving:
                return server.Clock.GetElapsedTime(_phaseSince, now) >= LingerTime;
            case SessionPhase.Moving:
                if (CountFlow())
                {
                    _phaseSince = now;
                    return false;
                }

                return server.Clock.GetElapsedTime(_phaseSince, now) >= limits.IdleTimeout;
            default:
                return false;
        }
    }

    /// <summary>Ends what took too long.</summary>
    public void Expire()
    {
        _expired = true;
        switch (_phase)
        {
            case SessionPhase.Request:
                _client.StopReading();
                break;
            case SessionPhase.Moving:
                Cut(TunnelEnd.Idle);
                break;
            default:
                _client.Abort();
                break;
        }
    }

    /// <summary>Ends the session now, whatever it does.</summary>
    public void Cut(TunnelEnd end)
    {
        _cut = end;
        _client.Abort();
        _upstream?.Abort();
    }

    /// <summary>Adds what passed since the last time to the totals; under the server's lock. Gives whether anything did.</summary>
    public bool CountFlow()
    {
        var (up, down) = (Flow.Up, Flow.Down);
        if (up == _seenUp && down == _seenDown)
        {
            return false;
        }

        server.Counters.AddBytes(up - _seenUp, down - _seenDown);
        (_seenUp, _seenDown) = (up, down);
        return true;
    }

    private async ValueTask<TunnelEnd> ServeAsync()
    {
        if (await IntroduceAsync() is { } end)
        {
            return end;
        }

        var refusal = server.Count(this, _client.Peer.Address);
        (_asked, var malformed) = await ReadRequestAsync();

        // From here on the deadlines are those of the dialer: what the client sends next belongs to the tunnel.
        _phase = SessionPhase.Dialing;
        _state = server.State;
        var policy = _state.Policy;
        if (_asked is null && malformed is null)
        {
            return TunnelEnd.Abandoned;
        }

        if (!policy.AllowsSource(_client.Peer.Address))
        {
            // Before all else: who is not allowed to ask learns nothing.
            refusal = Refusal.Denied($"the source {_client.Peer.Address} is not allowed");
        }

        refusal ??= _client.CertificateFault is { } fault ? Refusal.CertificateRefused($"the client certificate is not taken: {fault}") : null;
        refusal ??= _expired ? Refusal.TooSlow() : null;
        refusal ??= malformed ?? (server.IsDraining ? Refusal.Unavailable("connection_limit_reached", "the proxy is stopping") : null);
        if (refusal is null)
        {
            (_identity, refusal) = await policy.Identities.IdentifyAsync(_asked!.Authorization, _client, server.Stopping);
            refusal ??= policy.Judge(_asked, _identity, _client.Peer.Address);
        }

        if (refusal is not null)
        {
            return await RefuseAsync(refusal, policy);
        }

        var upstream = await _state.OpenAsync(_asked!, _client, server.Stopping);
        _nextHop = upstream.NextHop;
        if (upstream.Leg is null)
        {
            return await RefuseAsync(upstream.Refusal!, policy);
        }

        _upstream = upstream.Leg;
        await _client.WriteAsync(upstream.Answer ?? OpenedAnswer.Write(policy.Settings.Name, upstream.NextHop, upstream.Behind));
        WasOpen = true;
        server.Counters.Open();
        _phaseSince = server.Clock.GetTimestamp();
        _phase = SessionPhase.Moving;
        return await server.Engine.MoverFor(_client, _upstream).MoveAsync(_client, _upstream, Flow);
    }

    /// <summary>Reads what comes before the request: the PROXY header of a front, the handshake of a secure listener. Gives how the session ends, where it does.</summary>
    private async ValueTask<TunnelEnd?> IntroduceAsync()
    {
        if (listener.ProxyProtocolFrom.Count > 0 && listener.ProxyProtocolFrom.Any(n => n.Contains(_client.Peer.Address)))
        {
            var (source, fault) = await ProxyHeader.ReadAsync(_client);
            if (fault is { Length: > 0 })
            {
                return await RefuseAsync(Refusal.Malformed(fault), server.State.Policy);
            }

            if (fault is not null)
            {
                return TunnelEnd.Abandoned;
            }

            _client.Peer = source is null ? _client.Peer : Plain(source);
        }

        var allowed = server.State.Policy.AllowsSource(_client.Peer.Address);
        if (!allowed && !server.CountStranger(this))
        {
            _refusal = Refusal.Denied($"the source {_client.Peer.Address} is not allowed, and too many like it ask");
            _client.Abort();
            return TunnelEnd.Refused;
        }

        if (listener.Secure is null)
        {
            return null;
        }

        // A handshake costs more than a refusal is worth: unknown sources get none.
        if (!allowed)
        {
            _refusal = Refusal.Denied($"the source {_client.Peer.Address} is not allowed");
            return TunnelEnd.Refused;
        }

        var plain = _client;
        var first = new byte[1];
        if (await plain.ReadAsync(first) == 0)
        {
            return TunnelEnd.Abandoned;
        }

        if (first[0] != TlsHandshakeRecord)
        {
            return await RefuseAsync(Refusal.Malformed("this listener speaks TLS (scheme https), and something else came"), server.State.Policy);
        }

        plain.Early = first;
        var (secure, why) = await listener.Secure.OpenAsync(plain, server.Stopping);
        if (secure is null)
        {
            _refusal = Refusal.Malformed($"the TLS handshake failed: {why}");
            return TunnelEnd.Refused;
        }

        secure.Peer = plain.Peer;
        _client = secure;
        return null;
    }

    private async ValueTask<(AskedTunnel? Asked, Refusal? Refusal)> ReadRequestAsync()
    {
        var max = server.State.Policy.Settings.Limits.MaxHeaderBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, max));
        var (filled, searched) = (0, 0);
        try
        {
            while (true)
            {
                if (filled == Math.Min(buffer.Length, max))
                {
                    if (filled >= max)
                    {
                        return (null, Refusal.HeaderTooLarge($"the request head is larger than {max} bytes"));
                    }

                    var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, max));
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }

                var read = await _client.ReadAsync(buffer.AsMemory(filled, Math.Min(buffer.Length, max) - filled));
                if (read == 0)
                {
                    return (null, _expired ? Refusal.TooSlow() : filled == 0 ? null : Refusal.Malformed("the request ended in the middle"));
                }

                filled += read;
                var before = searched;
                var length = RequestParser.HeadLength(buffer.AsSpan(0, filled), searched);
                searched = filled;
                if (length > 0)
                {
                    if (filled > length)
                    {
                        // A client may send before it is answered; what came early goes first, and is not lost.
                        _client.Early = buffer.AsSpan(length, filled - length).ToArray();
                    }

                    return RequestParser.Parse(buffer.AsSpan(0, length));
                }

                if (RequestParser.HasBareLineFeed(buffer.AsSpan(0, filled), before))
                {
                    return (null, Refusal.Malformed("a line that ends without a carriage return"));
                }

                if (!RequestParser.CanBeConnect(buffer.AsSpan(0, filled)))
                {
                    return (null, Refusal.Malformed("this is not an HTTP request"));
                }
            }
        }
        finally
        {
            // It may hold credentials.
            buffer.AsSpan(0, filled).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<TunnelEnd> RefuseAsync(Refusal refusal, RelayPolicy policy)
    {
        _refusal = refusal;
        server.Counters.Refuse(refusal.Status);
        _phaseSince = server.Clock.GetTimestamp();
        _phase = SessionPhase.Leaving;
        await _client.WriteAsync(refusal.ToBytes(policy.Settings.Name));
        await _client.CompleteWritesAsync();

        // Closing with unread bytes would send a reset that can overtake the answer (RFC 9112, section 9.6).
        if (!_expired)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            try
            {
                for (var total = 0; total < MaxLinger;)
                {
                    var read = await _client.ReadAsync(buffer);
                    if (read == 0)
                    {
                        break;
                    }

                    total += read;
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // The client left first, or the linger time was over.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return TunnelEnd.Refused;
    }

    private static System.Net.IPEndPoint Plain(System.Net.IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new System.Net.IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    private void Log()
    {
        // The texts cost more than many a tunnel: made only for a log that takes them.
        if (!server.Logger.IsEnabled(WasOpen ? LogLevel.Information : _refusal is not null ? LogLevel.Warning : LogLevel.Debug))
        {
            return;
        }

        var seconds = Math.Round(server.Clock.GetElapsedTime(_startedAt).TotalSeconds, 3);
        var source = _client.Peer.ToString();
        if (WasOpen)
        {
            RelayLog.Tunnel(server.Logger, _identity?.Name, source, _asked!.Destination.ToString(), _nextHop, End, Flow.Up, Flow.Down, seconds);
        }
        else if (_refusal is not null)
        {
            RelayLog.Refused(server.Logger, _identity?.Name, source, _asked?.Destination.ToString(), _refusal.Status, _refusal.Error, _refusal.Details, seconds);
        }
        else
        {
            RelayLog.Abandoned(server.Logger, source);
        }
    }
}
