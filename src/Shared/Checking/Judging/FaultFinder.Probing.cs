using System.Globalization;

namespace Culvert.Checking;

/// <summary>What is found by opening the way piece by piece, where those on it say nothing.</summary>
internal sealed partial class FaultFinder
{
    /// <summary>Walks the way piece by piece: which hop gives a sign of life when it is asked by itself, through the hops before it?</summary>
    /// <param name="place">The way.</param>
    /// <param name="asked">The last hop that the sensor asks by itself.</param>
    /// <param name="failed">Where the dial failed: that hop, or the endpoint.</param>
    /// <param name="failure">The failed step.</param>
    /// <param name="verdict">What the dial alone says.</param>
    /// <param name="evidence">Added to.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private async ValueTask<Verdict> ProbeAsync(
        FaultPlace place, int asked, int failed, TraceStep failure, Verdict verdict, List<string> evidence, CancellationToken cancellationToken)
    {
        var hops = place.Route.Hops;
        var lastAlive = -1;
        for (var i = 0; i < hops.Count; i++)
        {
            if (place.Opened(i))
            {
                evidence.Add($"{Ordinal(i)}, {hops[i].Name}: opened its stretch");
                lastAlive = i;
                continue;
            }

            var forwarded = hops[i].Reach == HopReach.Forwarded && i > 0;
            if (!forwarded && living.OpenedOn(hops[i].Address) is { } other)
            {
                evidence.Add($"{Ordinal(i)}, {hops[i].Name}: opened {other}");
                lastAlive = i;
                continue;
            }

            if (hops[i].Scheme == HopScheme.Socks5)
            {
                continue;
            }

            // A forwarded hop is asked for through the tunnel of the last hop that we ask ourselves; where lists do not allow that, nothing is learnt.
            var answer = await questions.AskAsync(place.Route, forwarded ? place.Asked(i) + 1 : i, hops[i], HopQuestions.SignOfLife(hops[i]), cancellationToken);
            evidence.Add($"{Ordinal(i)}, {hops[i].Name}, asked for a sign of life: {(answer.Way.Succeeded ? answer.Words : $"not reached, {answer.Way.Failure!.Evidence ?? answer.Way.Failure.Cause.ToString()}")}");
            if (answer.Lives)
            {
                lastAlive = i;
            }
            else if (!forwarded && !answer.Way.Succeeded && lastAlive >= 0 && lastAlive == i - 1 && !place.Opened(lastAlive))
            {
                // The one before it lives, and cannot get to it.
                return Beyond(place, lastAlive, asked, failure, verdict);
            }
            else if (!forwarded && answer.Way.Succeeded && await OpensAnythingAsync(place, i, evidence, cancellationToken))
            {
                lastAlive = i;
            }
            else if (!forwarded && answer.Way.Succeeded && answer.Ended is Cause.ConnectionClosed or Cause.ConnectionReset && i == asked)
            {
                // A mute proxy that refuses, and one that cannot get further, look the same from here.
                var next = After(place, i, asked, verdict.Question ?? HostPort.Parse(place.Destination));
                return verdict with { Index = i, Confidence = Confidence.Possible, Words = $"either it does not let this sensor in, or it cannot get to {next} and does not say so" };
            }
            else if (!forwarded)
            {
                // It did not answer the dial either; the one before it lives, or there is none.
                return i == 0 ? verdict with { Index = i, Confidence = Confidence.Likely }
                    : verdict with { Index = i, Confidence = Confidence.Likely, Words = $"{hops[i - 1].Name} before it lives, so either {hops[i].Name} hangs or the stretch between them is blocked" };
            }
            else if (answer.Way.Succeeded && lastAlive >= 0)
            {
                return new Verdict(lastAlive, Stage.Request, failure.Cause, place.Name(i), Confidence.Likely) { Question = verdict.Question };
            }
        }

        if (failed >= place.End)
        {
            return verdict with { Confidence = lastAlive == place.End - 1 ? Confidence.Likely : Confidence.Possible };
        }

        // The hop lives and yet does not answer for what comes next: it waits for it.
        return lastAlive < failed
            ? verdict with { Confidence = Confidence.Possible }
            : Beyond(place, lastAlive, asked, failure, verdict);
    }

    /// <summary>A hop lives, and what comes after it is not reached.</summary>
    private static Verdict Beyond(FaultPlace place, int alive, int asked, TraceStep failure, Verdict verdict)
    {
        var cause = failure.Cause switch
        {
            Cause.NoAnswer => Cause.UpstreamTimedOut,
            Cause.ConnectionClosed or Cause.ConnectionReset => Cause.UpstreamUnreachable,
            var other => other,
        };
        return new Verdict(alive, Stage.Request, cause, After(place, alive, asked, verdict.Question ?? HostPort.Parse(place.Destination)), Confidence.Likely) { Question = verdict.Question };
    }

    /// <summary>Whether a hop that says nothing opens a way to anything that comes later on this route: then it lives, and it is the next stretch that is broken.</summary>
    private async ValueTask<bool> OpensAnythingAsync(FaultPlace place, int index, List<string> evidence, CancellationToken cancellationToken)
    {
        var route = place.Route;
        var next = place.Question(index, HostPort.Parse(place.Destination));
        var later = route.Hops.Skip(index + 1).Where(h => h.Reach == HopReach.Nested).Select(h => h.Address).Append(HostPort.Parse(place.Destination));
        foreach (var question in later.Where(q => q != next).Distinct().Take(MaxLater))
        {
            var answer = await questions.AskConnectAsync(route, index, route.Hops[index], question, cancellationToken);
            if (answer.Head is { Status: >= 200 and < 300 })
            {
                evidence.Add($"{Ordinal(index)}, {route.Hops[index].Name}, asked for {question}: {answer.Words}, so it works");
                return true;
            }
        }

        return false;
    }

    private static string Ordinal(int index) => string.Create(CultureInfo.InvariantCulture, $"hop {index + 1}");
}
