using System.Globalization;

namespace Culvert.Checking;

/// <summary>Looks into a dial that failed: asks the same question again to see the whole answer, knows well-known proxies by it, and probes the way piece by piece where proxies say nothing.</summary>
internal sealed partial class FaultFinder(TunnelDialer dialer, CheckRequest request, HopQuestions questions, LivingHops living)
{
    private const int MaxLater = 3;

    // Certificates begin and end by days; what differs less has another cause.
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromHours(1);

    public async ValueTask<Finding> FindAsync(Route route, HostPort destination, Trace trace, CancellationToken cancellationToken)
    {
        var failure = trace.Failure ?? throw new ArgumentException("The trace shows no failure.", nameof(trace));
        var place = new FaultPlace(route, destination.ToString(), trace);
        var evidence = new List<string>
        {
            $"sent: {Sent(place, failure, destination)}",
            $"received: {Received(failure)}",
        };
        var verdict = failure.HopIndex >= place.End
            ? await AtEndpointAsync(place, destination, failure, evidence, cancellationToken)
            : failure.Stage is Stage.Request or Stage.Authenticate
                ? await AtHopAsync(place, destination, failure, evidence, cancellationToken)
                : new Verdict(failure.HopIndex, failure.Stage, failure.Cause, null, Confidence.Certain);
        var (summary, actor, remedy) = Advice.Of(verdict, place);
        return new Finding
        {
            Kind = verdict.Stage == Stage.Service ? FindingKind.Service : verdict.Cause == Cause.LargePacketsLost ? FindingKind.PacketSize : FindingKind.Way,
            Severity = Severity.Fault,
            Cause = verdict.Cause,
            Confidence = verdict.Confidence,
            Route = route.Name,
            Destinations = [destination.ToString()],
            HopIndex = verdict.Index,
            Target = place.Target(verdict.Index),
            Towards = verdict.Towards,
            Stage = verdict.Stage,
            Summary = summary.EndsWith('.') ? summary : summary + ".",
            Evidence = evidence,
            Actor = actor,
            Remedy = remedy,
        };
    }

    private static string Received(TraceStep failure)
    {
        // The runtime's sentence about a reset is no help to anybody.
        var words = failure.Cause == Cause.ConnectionReset ? "the connection was reset" : failure.Evidence ?? failure.Cause.ToString();
        return failure.Elapsed < TimeSpan.FromMilliseconds(0.5) ? words : string.Create(CultureInfo.InvariantCulture, $"{words} ({failure.Elapsed.TotalMilliseconds:0} ms)");
    }

    private static string Sent(FaultPlace place, TraceStep failure, HostPort destination)
    {
        var at = place.Name(failure.HopIndex);
        return failure.Stage switch
        {
            Stage.Resolve => $"a DNS question for {(failure.HopIndex < place.End ? place.Route.Hops[failure.HopIndex].Address.Host : destination.Host)}",
            Stage.Connect => $"a TCP connection to {at}",
            Stage.ProxyTls => $"a TLS hello to {at}",
            Stage.Tls => $"a TLS hello for {destination.Host}, {(place.End == 0 ? "over the open connection" : "through the open tunnel")}",
            Stage.Service => $"a request to {at}, inside TLS",
            _ when failure.HopIndex < place.End && place.Route.Hops[failure.HopIndex].Scheme == HopScheme.Socks5 => $"a SOCKS request for {place.Question(place.Asked(failure.HopIndex), destination)} to {at}",
            _ => $"CONNECT {place.Question(place.Asked(failure.HopIndex), destination)} to {place.Name(place.Asked(failure.HopIndex))}",
        };
    }

    /// <summary>A hop refused, or did not answer, the question for the next stretch.</summary>
    private async ValueTask<Verdict> AtHopAsync(FaultPlace place, HostPort destination, TraceStep failure, List<string> evidence, CancellationToken cancellationToken)
    {
        var asked = place.Asked(failure.HopIndex);
        var hop = place.Route.Hops[asked];
        var next = place.Question(asked, destination);
        var told = failure.Evidence?.Contains("Proxy-Status", StringComparison.Ordinal) == true;
        var verdict = new Verdict(
            failure.HopIndex, failure.Stage, failure.Cause, Advice.IsAfterHop(failure.Cause) ? After(place, failure.HopIndex, asked, next) : null,
            Advice.IsAfterHop(failure.Cause) && !told ? Confidence.Likely : Confidence.Certain)
        {
            Question = next,
        };
        if (hop.Scheme == HopScheme.Socks5 || failure.Cause == Cause.Misconfigured)
        {
            return verdict;
        }

        if (hop.Scheme == HopScheme.Http && failure.Cause is Cause.ConnectionClosed or Cause.ConnectionReset or Cause.NoAnswer
            && await questions.SpeaksTlsAsync(place.Route, asked, hop, cancellationToken))
        {
            evidence.Add($"a TLS hello to {hop.Name}: it shows a certificate");
            return verdict with { Cause = Cause.NotAProxy, Words = "it speaks TLS, so the hop's scheme may have to be https" };
        }

        var answer = await questions.AskConnectAsync(place.Route, asked, hop, next, cancellationToken);
        if (answer.Drips && failure.Cause == Cause.NoAnswer)
        {
            evidence.Add($"asked again with more patience: {answer.Words}; the sensor waits {dialer.Options.RequestTimeout.TotalSeconds:0.#} s");
            return verdict with { Cause = Cause.TooSlow, Confidence = Confidence.Certain };
        }

        if (answer.Head is not { } head)
        {
            return answer.Seen.Length > 0 || failure.Cause is not (Cause.NoAnswer or Cause.ConnectionClosed or Cause.ConnectionReset)
                ? verdict
                : await ProbeAsync(place, asked, asked, failure, verdict, evidence, cancellationToken);
        }

        if (failure.Cause == Cause.NoAnswer)
        {
            evidence.Add(string.Create(CultureInfo.InvariantCulture, $"asked again with more patience: {head.Line} after {answer.Elapsed.TotalSeconds:0.#} s; the sensor waits {dialer.Options.RequestTimeout.TotalSeconds:0.#} s"));
            verdict = verdict with { Cause = Cause.TooSlow, Confidence = Confidence.Certain };
        }

        if (told)
        {
            return verdict;
        }

        if (head.Field("content-type") is { } type && head.Status is >= 200 and < 300)
        {
            evidence.Add($"it came with Content-Type: {HttpHead.Clean(type, 64)}, as no answer to CONNECT has");
        }

        if (KnownAnswers.Recognise(head) is { } known)
        {
            // The dialer's own words may say it already.
            AddUnlessSaid(evidence, known.Program, $"known as {known.Program} ({known.Confidence.ToString().ToLowerInvariant()}): {known.Mark}");
            verdict = verdict with { Program = known.Program, Words = known.Words };
            // An answer that took long because of what lies behind, and says so, is not slow of itself.
            if (known.Cause is { } better && verdict.Cause is not (Cause.CredentialsMissing or Cause.CredentialsWrong or Cause.AuthenticationSchemeUnsupported)
                && (verdict.Cause != Cause.TooSlow || Advice.IsAfterHop(better)))
            {
                verdict = verdict with { Cause = better, Towards = Advice.IsAfterHop(better) ? After(place, verdict.Index, asked, next) : null, Confidence = known.Confidence };
            }

            // Squid says the same when its DNS does not know the name and when its parents are dead. Without a parent on the route the name is likelier.
            var hasParent = verdict.Index + 1 < place.End && place.Route.Hops[verdict.Index + 1].Reach == HopReach.Forwarded;
            if (known is { Program: "Squid", Cause: Cause.NoParent } && !hasParent && !next.IsAddress)
            {
                verdict = verdict with { Cause = Cause.NameNotFound, Confidence = Confidence.Likely, Words = "its DNS does not know the name, or it has parents and all of them are dead" };
            }
        }
        else if (head.Body.Contains("<html", StringComparison.OrdinalIgnoreCase) && verdict.Cause is Cause.UnexpectedStatus)
        {
            evidence.Add("it came with a web page of unknown origin");
            verdict = verdict with { Cause = Cause.BlockPage, Confidence = Confidence.Possible };
        }

        return FromOrigins(place, asked, head, verdict, evidence);
    }

    private static void AddUnlessSaid(List<string> evidence, string program, string line)
    {
        if (!evidence.Any(e => e.Contains($"looks like {program} (", StringComparison.Ordinal)))
        {
            evidence.Add(line);
        }
    }

    /// <summary>In a forwarded chain the answer may be that of a hop further on, which signs it.</summary>
    private static Verdict FromOrigins(FaultPlace place, int asked, HttpHead head, Verdict verdict, List<string> evidence)
    {
        var origins = AnswerOrigins.Of(head.Field("via"), head.Body);
        if (AnswerOrigins.HopOf(place.Route, asked, origins) is { } hop)
        {
            evidence.Add($"the answer is signed by {string.Join(", ", origins)}: it comes from {place.Route.Hops[hop].Name}");
            return verdict with { Index = hop, Towards = verdict.Towards is null ? null : place.Name(hop + 1) };
        }

        return verdict;
    }

    private async ValueTask<Verdict> AtEndpointAsync(FaultPlace place, HostPort destination, TraceStep failure, List<string> evidence, CancellationToken cancellationToken)
    {
        var verdict = new Verdict(failure.HopIndex, failure.Stage, failure.Cause, null, Confidence.Certain);
        if (failure.Stage != Stage.Tls)
        {
            return verdict;
        }

        if (failure.Cause is Cause.Intercepted or Cause.CertificateUntrusted)
        {
            return await WhoInterceptsAsync(place, destination, verdict, evidence, cancellationToken);
        }

        if (failure.Cause is Cause.CertificateExpired or Cause.ClockOff)
        {
            return await WhoseClockAsync(place, verdict, evidence, cancellationToken);
        }

        if (failure.Cause is not (Cause.NoAnswer or Cause.ConnectionClosed or Cause.ConnectionReset or Cause.TlsFailed))
        {
            return verdict;
        }

        if (failure.Cause == Cause.NoAnswer && await AnswersSmallHelloAsync(place, destination, cancellationToken) is { } alert)
        {
            evidence.Add($"a TLS hello that can only be refused, through the same way: refused in {alert} bytes. Small packets come back, the large ones of the handshake do not");
            return verdict with { Cause = Cause.LargePacketsLost, Confidence = Confidence.Likely };
        }

        // What speaks at the end of the tunnel when it is spoken to in plain HTTP? A filter gives its page; a TLS server says a few bytes.
        var dial = await dialer.DialAsync(place.Route, destination, cancellationToken);
        if (!dial.Succeeded)
        {
            return verdict;
        }

        await using var stream = dial.Stream;
        var plain = await questions.ExchangeAsync(stream, dial.Trace, EndpointProbe.Request(destination), cancellationToken);
        evidence.Add($"a request without TLS through the same tunnel: {plain.Words}");
        if (plain.Head is { } head)
        {
            var known = KnownAnswers.Recognise(head);
            if (known is not null)
            {
                evidence.Add($"known as {known.Program} ({known.Confidence.ToString().ToLowerInvariant()}): {known.Mark}");
            }

            if (known?.Cause == Cause.BlockPage || (failure.Cause == Cause.TlsFailed && (head.Status is >= 300 and < 400 or 511 || head.Body.Contains("<html", StringComparison.OrdinalIgnoreCase))))
            {
                return verdict with { Cause = Cause.BlockPage, Confidence = known?.Confidence ?? Confidence.Likely, Words = known?.Words };
            }
        }

        if (failure.Cause == Cause.NoAnswer && plain.Lives)
        {
            evidence.Add("small packets come back, the large ones of the TLS handshake do not");
            return verdict with { Cause = Cause.LargePacketsLost, Confidence = Confidence.Possible };
        }

        return failure.Cause == Cause.TlsFailed || place.End == 0
            ? verdict
            : await ProbeAsync(place, place.Asked(place.End - 1), place.End, failure, verdict, evidence, cancellationToken);
    }

    /// <summary>A certificate that is out of its time, or a clock that is off? A hop on the way has a clock too.</summary>
    private async ValueTask<Verdict> WhoseClockAsync(FaultPlace place, Verdict verdict, List<string> evidence, CancellationToken cancellationToken)
    {
        if (place.End == 0 || place.Route.Hops[0] is not { Scheme: HopScheme.Http or HopScheme.Https } hop
            || await questions.AheadOfAsync(place.Route, 0, hop, cancellationToken) is not { } ahead)
        {
            return verdict;
        }

        var apart = $"{ahead.Duration().TotalDays.ToString(ahead.Duration().TotalDays < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)} days";
        var way = ahead > TimeSpan.Zero ? "ahead of" : "behind";
        if (ahead.Duration() < ClocksDiffer)
        {
            evidence.Add($"the clock of {hop.Name}, by the Date of its answer, agrees with the sensor's");
            return verdict;
        }

        evidence.Add($"the sensor's clock is {apart} {way} that of {hop.Name}, by the Date of its answer");
        return verdict with { Cause = Cause.ClockOff, Confidence = Confidence.Likely, Words = $"it is {apart} {way} that of {hop.Name}" };
    }

    private async ValueTask<int?> AnswersSmallHelloAsync(FaultPlace place, HostPort destination, CancellationToken cancellationToken)
    {
        var dial = await dialer.DialAsync(place.Route, destination, cancellationToken);
        if (!dial.Succeeded)
        {
            return null;
        }

        await using var stream = dial.Stream;
        var answer = await questions.ExchangeAsync(stream, dial.Trace, RefusableHello.Write(destination.Host), cancellationToken);
        return RefusableHello.IsRefusal(answer.Seen) ? answer.Count : null;
    }

    private async ValueTask<Verdict> WhoInterceptsAsync(FaultPlace place, HostPort destination, Verdict verdict, List<string> evidence, CancellationToken cancellationToken)
    {
        if (verdict.Cause == Cause.CertificateUntrusted && living.ProvedOn(destination) is { } proved)
        {
            // The cloud itself shows its own certificate, so this one comes from somebody in between.
            evidence.Add($"by route {proved} the cloud's own certificate shows");
            verdict = verdict with { Cause = Cause.Intercepted };
        }

        // Shorter ways to the same endpoint, where lists allow them: the first on which the foreign certificate shows has the one who inspects.
        for (var passed = 1; passed < place.End; passed++)
        {
            if (passed < place.End && place.Route.Hops[passed].Reach == HopReach.Forwarded)
            {
                continue;
            }

            var shorter = place.Route with { Hops = [.. place.Route.Hops.Take(passed)] };
            var dial = await dialer.DialTlsAsync(shorter, destination, new EndpointTls { Trust = request.Trust, Identity = request.Identity }, cancellationToken);
            if (dial.Stream is { } stream)
            {
                await stream.DisposeAsync();
                evidence.Add($"through {place.Route.Hops[passed - 1].Name} alone the cloud's own certificate shows: the inspection is further on");
                verdict = verdict with { Cause = Cause.Intercepted };
                continue;
            }

            if (verdict.Cause == Cause.Intercepted && dial.Trace.Failure is { Cause: Cause.Intercepted or Cause.CertificateUntrusted })
            {
                evidence.Add($"through {place.Route.Hops[passed - 1].Name} alone the same foreign certificate shows: the inspection is at or just behind it");
                return verdict with { Words = $"already seen behind {place.Route.Hops[passed - 1].Name}" };
            }
        }

        return verdict;
    }

    private static string After(FaultPlace place, int index, int asked, HostPort next)
    {
        if (index + 1 < place.End && (place.Route.Hops[index + 1].Reach == HopReach.Forwarded || index == asked))
        {
            return place.Name(index + 1);
        }

        return index + 1 >= place.End ? place.Destination : next.ToString();
    }
}
