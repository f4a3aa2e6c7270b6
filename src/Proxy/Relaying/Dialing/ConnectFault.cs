using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>What an error of connect means.</summary>
internal static class ConnectFault
{
    public static Cause Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => Cause.ConnectionRefused,
        SocketError.TimedOut => Cause.ConnectionTimedOut,
        SocketError.ConnectionReset => Cause.ConnectionReset,
        _ => Cause.NetworkUnreachable,
    };
}
