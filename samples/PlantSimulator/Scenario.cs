namespace Culvert.PlantSimulator;

/// <summary>Ten minutes of a press line: four of ordinary work, from which a sensor learns, then six with incidents that each detection engine should find.</summary>
internal sealed class Scenario(Recording recording)
{
    /// <summary>How long it lasts, in seconds.</summary>
    private const double End = 600;

    private readonly Random _random = new(1);

    public void Run()
    {
        Neighbours();
        Identify();
        foreach (var (controller, index) in Plant.Controllers.Select((c, i) => (c, i)))
        {
            Poll(Plant.Hmi, controller, index, function: 3, period: 4, begin: 8, until: StopsAt(controller), port: 51000 + index);
        }

        foreach (var (controller, index) in Plant.Controllers.Take(3).Select((c, i) => (c, i)))
        {
            Poll(Plant.Historian, controller, index, function: 4, period: 15, begin: 10, until: End, port: 52000 + index);
        }

        new Incidents(recording).Run();
    }

    // The tank farm's station falls silent near the end.
    private static double StopsAt(Controller controller) => controller.Station.Name == "io-tank-farm" ? 520 : End;

    private void Neighbours()
    {
        for (var at = 0.5; at < End; at += 60)
        {
            recording.Add(at, Frames.Lldp(Plant.Switch, "1/1", "Hirschmann RSP25 Switch - HiOS 08.7"));
            recording.Add(at + 0.2, Frames.ArpRequest(Plant.Router, Plant.Router.Address));
        }

        NameServices.Lease(recording, 1, Plant.Hmi, Plant.Router, "MSFT 5.0");
        NameServices.Lease(recording, 1.5, Plant.Engineering, Plant.Router, "MSFT 5.0");
        foreach (var (controller, index) in Plant.Controllers.Select((c, i) => (c, i)))
        {
            Arp(2 + (index * 0.1), Plant.Hmi, controller.Station);
            Arp(2.05 + (index * 0.1), Plant.Engineering, controller.Station);
        }

        Arp(2.8, Plant.Historian, Plant.Server);
        for (var at = 3.0; at < 230; at += 45)
        {
            NameServices.Resolve(recording, at, Plant.Hmi, Plant.Server, "historian.plant.example", Plant.Historian.Address);
            NameServices.Resolve(recording, at + 1, Plant.Engineering, Plant.Server, "plant-services.plant.example", Plant.Server.Address);
        }
    }

    private void Arp(double at, Station asker, Station owner)
    {
        recording.Add(at, Frames.ArpRequest(asker, owner.Address));
        recording.Add(at + 0.0005, Frames.ArpReply(owner, asker));
    }

    /// <summary>The engineering station reads every controller's identity, and the HMI's setpoint writes become part of what is normal.</summary>
    private void Identify()
    {
        foreach (var (controller, index) in Plant.Controllers.Select((c, i) => (c, i)))
        {
            var talk = new TcpConversation(recording, Plant.Engineering, 50000 + index, controller.Station, 502);
            var at = 4 + (index * 0.3);
            talk.Open(at);
            talk.Exchange(at + 0.01, Modbus.Frame(1, 1, Modbus.AskIdentity()), Modbus.Frame(1, 1, Modbus.Identity(controller.Vendor, controller.Product, controller.Revision)));
            talk.Close(at + 0.05);
        }
    }

    private void Poll(Station from, Controller controller, int index, byte function, double period, double begin, double until, int port)
    {
        var talk = new TcpConversation(recording, from, port, controller.Station, 502);
        talk.Open(begin + (index * 0.21));
        var transaction = 1;
        for (var at = begin + 1 + (index * 0.21); at < until; at += period)
        {
            var level = 400 + (index * 50) + (int)(100 * Math.Sin(at / 40)) + _random.Next(-3, 4);
            int[] values = [level, level / 2, 1000 - level, _random.Next(0, 2)];
            talk.Exchange(at, Modbus.Frame(transaction, 1, Modbus.Read(function, 0, values.Length)), Modbus.Frame(transaction, 1, Modbus.Values(function, values)));
            transaction++;
            if (function == 3 && index < 2 && transaction % 8 == 0)
            {
                var setpoint = Modbus.WriteRegister(100, 500 + _random.Next(0, 20));
                talk.Exchange(at + 0.02, Modbus.Frame(transaction, 1, setpoint), Modbus.Frame(transaction, 1, setpoint));
                transaction++;
            }
        }
    }
}
