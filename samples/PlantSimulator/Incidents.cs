using System.Net;
using System.Text;

namespace Culvert.PlantSimulator;

/// <summary>What goes wrong, in the order it happens, at least one incident for each detection engine.</summary>
internal sealed class Incidents(Recording recording)
{
    // Addresses of the blocks for documentation (RFC 5737): they belong to nobody.
    private static readonly Station Elsewhere = new("elsewhere", "00:1B:54:10:00:01", "198.51.100.77");

    private static readonly Station Malicious = new("malicious", "00:1B:54:10:00:01", "203.0.113.66");

    public void Run()
    {
        UnknownLaptop(260);
        AddressScan(275);
        PortScan(300);
        UnauthorizedWrites(330);
        ProtocolViolations(370);
        MaliciousTraffic(400);
        InternetAccess(430);
        Restart(460);
        Disconnection(525);
    }

    /// <summary>Policy: a device nobody has seen before takes an address.</summary>
    private void UnknownLaptop(double at)
    {
        NameServices.Lease(recording, at, Plant.Laptop, Plant.Router, "dhcpcd-9.4.1:Linux-6.1.21-v8+:aarch64:BCM2835");
        recording.Add(at + 1, Frames.ArpRequest(Plant.Laptop, Plant.Router.Address));
        recording.Add(at + 1.0005, Frames.ArpReply(Plant.Router, Plant.Laptop));
    }

    /// <summary>Anomaly: sixty addresses within seconds, by ARP and by connection attempts.</summary>
    private void AddressScan(double at)
    {
        var present = Plant.Controllers.Select(c => c.Station).Append(Plant.Hmi).Append(Plant.Engineering).Append(Plant.Server).ToDictionary(s => s.Address);
        for (var host = 2; host <= 64; host++)
        {
            var address = IPAddress.Parse($"10.10.1.{host}");
            var when = at + (host * 0.15);
            recording.Add(when, Frames.ArpRequest(Plant.Laptop, address));
            if (present.TryGetValue(address, out var station))
            {
                recording.Add(when + 0.0005, Frames.ArpReply(station, Plant.Laptop));
            }

            // Off the segment no ARP is needed: the router is asked for addresses of the neighbouring cell.
            var neighbour = new Station("unused", "00:1B:54:10:00:01", $"10.10.2.{host}");
            recording.Add(when + 0.05, Frames.Tcp(Plant.Laptop, 40000 + host, neighbour, 502, (uint)(host * 65537), 0, TcpFlags.Syn, []));
        }
    }

    /// <summary>Anomaly: forty ports of one controller.</summary>
    private void PortScan(double at)
    {
        int[] ports = [21, 22, 23, 25, 53, 80, 102, 110, 111, 135, 139, 143, 161, 389, 443, 445, 513, 514, 515, 587, 631, 993, 995,
            1025, 1433, 1723, 1883, 2222, 2404, 3306, 3389, 4840, 5060, 5432, 5900, 8080, 8443, 9100, 20000, 44818];
        for (var i = 0; i < ports.Length; i++)
        {
            new TcpConversation(recording, Plant.Laptop, 41000 + i, Plant.Controllers[0].Station, ports[i]).Refuse(at + (i * 0.1));
        }
    }

    /// <summary>Policy: the laptop writes to controllers it has no business with.</summary>
    private void UnauthorizedWrites(double at)
    {
        foreach (var (controller, i) in Plant.Controllers.Take(4).Select((c, i) => (c, i)))
        {
            var talk = new TcpConversation(recording, Plant.Laptop, 42000 + i, controller.Station, 502);
            var when = at + (i * 3);
            talk.Open(when);
            talk.Exchange(when + 0.01, Modbus.Frame(1, 1, Modbus.AskIdentity()), Modbus.Frame(1, 1, Modbus.Identity(controller.Vendor, controller.Product, controller.Revision)));
            talk.Exchange(when + 0.1, Modbus.Frame(2, 1, Modbus.WriteRegisters(100, [0, 0, 9999])), Modbus.Frame(2, 1, Modbus.WriteRegistersDone(100, 3)));
            talk.Exchange(when + 0.2, Modbus.Frame(3, 1, Modbus.WriteCoil(7, on: true)), Modbus.Frame(3, 1, Modbus.WriteCoil(7, on: true)));
            talk.Close(when + 1);
        }
    }

    /// <summary>Protocol: a function that does not exist, a foreign protocol identifier, more registers than the specification allows.</summary>
    private void ProtocolViolations(double at)
    {
        var talk = new TcpConversation(recording, Plant.Laptop, 43000, Plant.Controllers[2].Station, 502);
        talk.Open(at);
        talk.Exchange(at + 0.1, Modbus.Frame(1, 1, [0]), Modbus.Frame(1, 1, Modbus.Exception(0, 1)));
        talk.Exchange(at + 1, Modbus.Frame(2, 1, [0x65, 1, 2, 3]), Modbus.Frame(2, 1, Modbus.Exception(0x65, 1)));
        talk.Exchange(at + 2, Modbus.Frame(3, 1, Modbus.Read(3, 0, 2000)), Modbus.Frame(3, 1, Modbus.Exception(3, 3)));
        talk.Exchange(at + 3, Modbus.Frame(4, 1, Modbus.Read(3, 60000, 10)), Modbus.Frame(4, 1, Modbus.Exception(3, 2)));
        talk.Send(at + 4, fromClient: true, Modbus.Frame(5, 1, Modbus.Read(3, 0, 1), protocol: 0x4d42));
        talk.Close(at + 5);
    }

    /// <summary>Malware: a name and an address that a threat-intelligence package may list, and the harmless test file of EICAR.</summary>
    private void MaliciousTraffic(double at)
    {
        NameServices.Resolve(recording, at, Plant.Laptop, Plant.Server, "malware-c2.example", Malicious.Address);
        var beacon = new TcpConversation(recording, Plant.Laptop, 44000, Malicious, 80);
        beacon.Open(at + 0.1);
        beacon.Exchange(at + 0.2, Encoding.ASCII.GetBytes("GET /beacon?id=press-line HTTP/1.1\r\nHost: malware-c2.example\r\n\r\n"), Encoding.ASCII.GetBytes("HTTP/1.1 204 No Content\r\n\r\n"));
        beacon.Close(at + 0.5);

        var download = new TcpConversation(recording, Plant.Engineering, 44001, Plant.Server, 80);
        download.Open(at + 5);
        download.Exchange(at + 5.1, Encoding.ASCII.GetBytes("GET /files/update.bin HTTP/1.1\r\nHost: plant-services.plant.example\r\n\r\n"), TestFile());
        download.Close(at + 5.5);
    }

    // EICAR's harmless test file, put together here so that no virus scanner takes this source for it.
    private static byte[] TestFile()
    {
        var content = string.Concat(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");
        return Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {content.Length}\r\n\r\n{content}");
    }

    /// <summary>Policy: a station of the plant opens a connection to the internet.</summary>
    private void InternetAccess(double at)
    {
        NameServices.Resolve(recording, at, Plant.Engineering, Plant.Server, "www.example.com", Elsewhere.Address);
        var talk = new TcpConversation(recording, Plant.Engineering, 45000, Elsewhere, 443);
        talk.Open(at + 0.1);
        talk.Close(at + 2);
    }

    /// <summary>Operational: a controller is told to restart its communications, goes away, and comes back.</summary>
    private void Restart(double at)
    {
        var controller = Plant.Controllers[3].Station;
        var talk = new TcpConversation(recording, Plant.Engineering, 46000, controller, 502);
        talk.Open(at);
        talk.Exchange(at + 0.1, Modbus.Frame(1, 1, Modbus.Restart()), Modbus.Frame(1, 1, Modbus.Restart()));
        talk.Close(at + 0.5);
        recording.Add(at + 6, Frames.ArpRequest(controller, controller.Address));
    }

    /// <summary>Operational: the tank farm's station does not answer any more.</summary>
    private void Disconnection(double at)
    {
        var station = Plant.Controllers[5].Station;
        for (var i = 0; i < 10; i++)
        {
            new TcpConversation(recording, Plant.Hmi, 47000 + i, station, 502).NoAnswer(at + (i * 6));
        }
    }
}
