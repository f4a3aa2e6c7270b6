using System.Net;
using System.Net.NetworkInformation;

namespace Culvert.PlantSimulator;

/// <summary>A station on the plant's network.</summary>
/// <param name="Name">Its host name.</param>
/// <param name="Mac">Its hardware address; the first three bytes are its maker's in the IEEE registry.</param>
/// <param name="Address">Its IPv4 address.</param>
internal sealed record Station(string Name, PhysicalAddress Mac, IPAddress Address)
{
    public Station(string name, string mac, string address)
        : this(name, PhysicalAddress.Parse(mac.Replace(':', '-')), IPAddress.Parse(address))
    {
    }
}
