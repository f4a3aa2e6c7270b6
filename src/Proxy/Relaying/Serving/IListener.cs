using System.Net;

namespace Culvert.Relaying;

/// <summary>Accepts the connections of one address and gives them to the server.</summary>
internal interface IListener : IDisposable
{
    /// <summary>Starts to accept. Gives the address with the port that was taken.</summary>
    IPEndPoint Start();
}
