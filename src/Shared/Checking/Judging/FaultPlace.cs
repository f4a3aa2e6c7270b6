namespace Culvert.Checking;

/// <summary>Names the places on one way to one destination.</summary>
internal sealed class FaultPlace(Route route, string destination, Trace trace)
{
    public Route Route => route;

    public string Destination => destination;

    /// <summary>The endpoint's index.</summary>
    public int End => route.Hops.Count;

    /// <summary>For people: the hop with its address, or the endpoint.</summary>
    public string Name(int index) => index < 0 ? "the sensor" : index < route.Hops.Count ? $"{route.Hops[index].Name} ({route.Hops[index].Address})" : destination;

    /// <summary>The short name, as a trace has it.</summary>
    public string Target(int index) => index < route.Hops.Count ? route.Hops[Math.Max(index, 0)].Name : destination;

    /// <summary>What the hop is asked for: the next nested hop, or the destination.</summary>
    public HostPort Question(int asked, HostPort end)
    {
        for (var i = asked + 1; i < route.Hops.Count; i++)
        {
            if (route.Hops[i].Reach == HopReach.Nested)
            {
                return route.Hops[i].Address;
            }
        }

        return end;
    }

    /// <summary>The hop that the sensor itself asks when a step concerns this one: itself, or the nested one before it.</summary>
    public int Asked(int index)
    {
        index = Math.Min(index, route.Hops.Count - 1);
        while (index > 0 && route.Hops[index].Reach == HopReach.Forwarded)
        {
            index--;
        }

        return index;
    }

    /// <summary>Whether the hop opened its stretch in the dial that failed.</summary>
    public bool Opened(int index) => trace.Steps.Any(s => s.HopIndex == index && s is { Stage: Stage.Request, Cause: Cause.None } && s.Evidence?.EndsWith("passed on", StringComparison.Ordinal) != true);

    /// <summary>Who runs a hop, by its level; by its place on the way where the level is not known.</summary>
    public ActingTeam OwnerOf(int index)
    {
        if (index >= route.Hops.Count)
        {
            return ActingTeam.CloudTeam;
        }

        if (index < 0)
        {
            return ActingTeam.SensorOwner;
        }

        if (route.Hops[index].Level is { } level)
        {
            return level < PurdueLevel.IndustrialDmz ? ActingTeam.PlantNetwork : level == PurdueLevel.IndustrialDmz ? ActingTeam.DmzOwner : ActingTeam.ItProxyTeam;
        }

        return index == route.Hops.Count - 1 ? ActingTeam.ItProxyTeam : index == 0 ? ActingTeam.PlantNetwork : ActingTeam.DmzOwner;
    }

    /// <summary>Who runs the network between a place and the next: whoever runs the place where the way begins.</summary>
    public ActingTeam NetworkAfter(int index) => index < 0 ? ActingTeam.PlantNetwork : OwnerOf(Math.Min(index, route.Hops.Count - 1));
}
