namespace Culvert.PlantSimulator;

/// <summary>One TCP connection, from both sides, with a fixed round trip.</summary>
internal sealed class TcpConversation(Recording recording, Station client, int clientPort, Station server, int serverPort)
{
    private const double HalfTrip = 0.0004;

    private uint _clientNext = Initial(client, clientPort);
    private uint _serverNext = Initial(server, clientPort);

    /// <summary>The three-way handshake.</summary>
    public void Open(double at)
    {
        Add(at, fromClient: true, TcpFlags.Syn, []);
        _clientNext++;
        Add(at + HalfTrip, fromClient: false, TcpFlags.Syn | TcpFlags.Ack, []);
        _serverNext++;
        Add(at + (2 * HalfTrip), fromClient: true, TcpFlags.Ack, []);
    }

    /// <summary>A request and its answer; the answer acknowledges the request, as it does on real controllers.</summary>
    public void Exchange(double at, byte[] request, byte[] answer, double thinking = 0.004)
    {
        Send(at, fromClient: true, request);
        Send(at + HalfTrip + thinking, fromClient: false, answer);
        Add(at + HalfTrip + thinking + 0.001, fromClient: true, TcpFlags.Ack, []);
    }

    /// <summary>Data one way.</summary>
    public void Send(double at, bool fromClient, byte[] data)
    {
        Add(at, fromClient, TcpFlags.Psh | TcpFlags.Ack, data);
        if (fromClient)
        {
            _clientNext += (uint)data.Length;
        }
        else
        {
            _serverNext += (uint)data.Length;
        }
    }

    /// <summary>The client ends it.</summary>
    public void Close(double at)
    {
        Add(at, fromClient: true, TcpFlags.Fin | TcpFlags.Ack, []);
        _clientNext++;
        Add(at + HalfTrip, fromClient: false, TcpFlags.Fin | TcpFlags.Ack, []);
        _serverNext++;
        Add(at + (2 * HalfTrip), fromClient: true, TcpFlags.Ack, []);
    }

    /// <summary>A server that does not want to talk.</summary>
    public void Refuse(double at)
    {
        Add(at, fromClient: true, TcpFlags.Syn, []);
        _clientNext++;
        recording.Add(at + HalfTrip, Frames.Tcp(server, serverPort, client, clientPort, 0, _clientNext, TcpFlags.Rst | TcpFlags.Ack, []));
    }

    /// <summary>A server that is not there: the client asks again, twice.</summary>
    public void NoAnswer(double at)
    {
        foreach (var wait in (double[])[0, 1, 3])
        {
            Add(at + wait, fromClient: true, TcpFlags.Syn, []);
        }
    }

    private static uint Initial(Station station, int port) =>
        (uint)((station.Address.GetAddressBytes()[3] * 16777619) ^ (port * 2654435761));

    private void Add(double at, bool fromClient, TcpFlags flags, byte[] data)
    {
        var acknowledged = flags.HasFlag(TcpFlags.Ack) ? (fromClient ? _serverNext : _clientNext) : 0;
        recording.Add(at, fromClient
            ? Frames.Tcp(client, clientPort, server, serverPort, _clientNext, acknowledged, flags, data)
            : Frames.Tcp(server, serverPort, client, clientPort, _serverNext, acknowledged, flags, data));
    }
}
