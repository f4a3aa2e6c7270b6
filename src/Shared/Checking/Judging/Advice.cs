namespace Culvert.Checking;

/// <summary>Says what a verdict means and who must do what, in that person's words.</summary>
internal static class Advice
{
    /// <summary>Whether a cause, told by a hop that was asked, lies on the stretch after it.</summary>
    public static bool IsAfterHop(Cause cause) => cause is Cause.UpstreamUnreachable or Cause.UpstreamTimedOut or Cause.NoParent or Cause.ConnectionRefused
        or Cause.ConnectionTimedOut or Cause.NetworkUnreachable or Cause.NameNotFound or Cause.ResolverUnreachable;

    public static (string Summary, ActingTeam Actor, string Remedy) Of(Verdict verdict, FaultPlace place)
    {
        var told = verdict.Index >= place.End ? OfEndpoint(verdict, place)
            : verdict.Stage is Stage.Resolve or Stage.Connect ? OfReaching(verdict, place)
            : verdict.Towards is not null ? OfStretch(verdict, place)
            : OfHop(verdict, place);
        return verdict.Words is { } words ? told with { Summary = $"{told.Summary.TrimEnd('.')}: {words}." } : told;
    }

    /// <summary>The sensor itself does not get to its first place.</summary>
    private static (string Summary, ActingTeam Actor, string Remedy) OfReaching(Verdict verdict, FaultPlace place)
    {
        var at = place.Name(verdict.Index);
        var address = AddressOf(verdict.Index, place);
        var host = HostOf(address);
        return verdict.Cause switch
        {
            Cause.NameNotFound => (
                $"The sensor's resolver does not know the name of {at}", ActingTeam.PlantNetwork,
                $"Enter {host} in the DNS that serves the sensor, or correct the name in the sensor's settings; an address can be given there too (hosts)."),
            Cause.ResolverUnreachable => (
                $"No DNS server answers the sensor, so {at} cannot be found", ActingTeam.PlantNetwork,
                "Allow UDP and TCP port 53 from the sensor to its DNS server, or set the right server on the sensor's machine (/etc/resolv.conf)."),
            Cause.ConnectionRefused => (
                $"{at} refuses the connection: nothing listens there, or a firewall rejects it", place.OwnerOf(verdict.Index),
                $"Make sure that the service runs and listens at {address}, not on another port or address only; if it does, look for a firewall rule that rejects TCP from the sensor to {address}."),
            Cause.ConnectionTimedOut => (
                $"Nothing answers at {at}: packets to it, or its answers, are dropped", ActingTeam.PlantNetwork,
                $"Allow TCP from the sensor to {address} in every firewall between them, with the way back; a machine that is switched off looks the same."),
            Cause.NetworkUnreachable => (
                $"The sensor's network has no route to {at}", ActingTeam.PlantNetwork,
                $"Give the sensor a gateway or route that leads to {address}; check that its interface is up."),
            _ => OfHop(verdict, place),
        };
    }

    /// <summary>A hop works, and does not get any further.</summary>
    private static (string Summary, ActingTeam Actor, string Remedy) OfStretch(Verdict verdict, FaultPlace place)
    {
        var at = place.Name(verdict.Index);
        var next = verdict.Towards!;
        var hop = verdict.Index + 1 < place.End;
        var named = next == place.Destination && HostPort.TryParse(next, out var end) && !end.IsAddress;
        var owner = place.OwnerOf(verdict.Index);
        var network = place.NetworkAfter(verdict.Index);
        return verdict.Cause switch
        {
            Cause.NameNotFound => (
                $"{at} cannot resolve the name of {next}", owner,
                $"Make the DNS that serves {at} know that name; test it there with: getent hosts NAME."),
            Cause.ResolverUnreachable => (
                $"No DNS server answers {at}, so it cannot find {next}", owner,
                $"Allow UDP and TCP port 53 from {at} to its DNS server, or set the right server on that machine."),
            Cause.ConnectionRefused => (
                $"{at} is refused the connection to {next}: nothing listens there, or a firewall rejects it", OwnerOfNext(verdict, place),
                $"Make sure that {next} runs and listens at that address and port; if it does, look for a firewall that rejects TCP from {at} to it."),
            Cause.ConnectionTimedOut or Cause.UpstreamTimedOut or Cause.NoAnswer => (
                $"{at} works, but gets no answer from {next}", network,
                $"Allow TCP from {at} to {next} in every firewall between them, with the way back, and check that {next} is up: a machine that is switched off or hangs looks the same.{(named ? $" So does a DNS server that does not answer: test on {at} with: getent hosts {HostOf(next)}." : "")}"),
            Cause.NetworkUnreachable => (
                $"{at} has no route to {next}", network,
                $"Give {at} a gateway or route that leads to {next}."),
            Cause.NoParent => (
                hop ? $"{at} cannot pass the tunnel on to its parent {next}" : $"{at} has no working parent to pass the tunnel on to", owner,
                $"Look at the parents configured on {at}: each must run, be reachable from there and allow {at} as a client. Some proxies take a parent for dead after refusals; its log says so."),
            Cause.ConnectionClosed or Cause.ConnectionReset => (
                $"{at} works, but its connection to {next} is cut", network,
                $"Look on the stretch from {at} to {next} for a firewall or filter that cuts connections, and at the log of {next}."),
            Cause.LargePacketsLost => (
                $"Behind {at}, towards {next}, small packets pass and large ones are lost", network,
                $"A link or VPN between {at} and {next} has a smaller MTU, and the ICMP messages that would say so are blocked: allow ICMP type 3 code 4 (IPv6: type 2), or clamp the TCP MSS there."),
            _ => (
                $"{at} cannot reach {next}", network,
                $"Test on {at} that {(named ? "the name resolves and " : "")}TCP to {next} opens; if not, allow it in the firewalls between them and check that {next} is up."),
        };
    }

    private static (string Summary, ActingTeam Actor, string Remedy) OfHop(Verdict verdict, FaultPlace place)
    {
        var at = place.Name(verdict.Index);
        var owner = place.OwnerOf(verdict.Index);
        var question = verdict.Question?.ToString() ?? place.Destination;
        return verdict.Cause switch
        {
            Cause.ConnectionReset => (
                $"{at} resets the connection", owner,
                $"Look at the log of {at}. When it shows no request, something before it (a firewall, an intrusion prevention system) cuts the connection: allow CONNECT to {question} there."),
            Cause.ConnectionClosed => (
                $"{at} closes the connection without an answer", owner,
                $"Look at the log of {at}: proxies close like this when the client's address is not allowed, when they have no backend, or when a limit is reached."),
            Cause.NoAnswer => (
                $"{at} accepts the connection and never answers", owner,
                $"The proxy at {at} hangs, or waits for what comes after it without a limit of its own: look at its load and its log, and restart it if needed."),
            Cause.TooSlow => (
                $"{at} answers, but too slowly: the sensor does not wait that long", owner,
                $"Look at the load of {at}, its DNS, and the link to it; the sensor needs an answer within 3 seconds and 350 kbit/s."),
            Cause.NotAProxy => (
                $"What answers at {at} is not a proxy that knows CONNECT", ActingTeam.SensorOwner,
                $"Correct host, port or scheme of hop {place.Target(verdict.Index)} in the sensor's settings, or ask the owner of the machine for the proxy's port."),
            Cause.BlockPage => (
                $"A web filter answers in place of {at} with a page for people", ActingTeam.ItProxyTeam,
                $"Exempt the sensor from sign-in and category filtering for exactly {question}; a sensor has no browser to click through the page."),
            Cause.CredentialsMissing => (
                $"{at} asks for a user name and password, and none are set for it", ActingTeam.SensorOwner,
                $"Ask the owner of {at} for an account for this sensor and set it as credentials of hop {place.Target(verdict.Index)}."),
            Cause.CredentialsWrong => (
                $"{at} does not accept the user name and password that are set for it", ActingTeam.SensorOwner,
                $"Correct the credentials of hop {place.Target(verdict.Index)}; the password may have expired or the account may be locked: ask the owner of {at}."),
            Cause.AuthenticationSchemeUnsupported => (
                $"{at} offers no way to sign in that the sensor knows", owner,
                $"Allow Basic for this sensor at {at} (inside TLS where possible), a client certificate, or its address alone."),
            Cause.DestinationRefused => (
                $"{at} does not allow this sensor to go to {question}", owner,
                $"Add exactly {question} to the allow-list of {at}, for the address that the sensor (or the hop before) comes from. No wildcard is needed."),
            Cause.HopOverloaded => (
                $"{at} has reached one of its limits", owner,
                $"Raise the limit of tunnels at {at}, or find the client that uses them up; its log names the limit."),
            Cause.LoopDetected => (
                $"The proxies pass the tunnel round in a circle at {at}", owner,
                $"A parent of {at} leads back to it: correct the parents so that each proxy passes on only towards the cloud."),
            Cause.MalformedAnswer => (
                $"{at} answers in a way that breaks the protocol", owner,
                $"What answers there is not a well-behaved HTTP proxy: update it, or look for a device before it that changes answers."),
            Cause.ProxyCertificateUntrusted => (
                $"The certificate of {at} is not signed by a CA that is trusted for it", ActingTeam.SensorOwner,
                $"Set the CA that signs the proxy's certificate as trust.caFile of hop {place.Target(verdict.Index)}, after its owner confirmed it."),
            Cause.ProxyCertificateExpired => (
                $"The certificate of {at} has expired", owner,
                $"Renew the certificate of {at}."),
            Cause.ProxyCertificateNotYetValid => (
                $"The certificate of {at} is not valid yet: a clock is off", ActingTeam.SensorOwner,
                "Compare the sensor's clock with a good one and set up time synchronisation (NTP); if it is right, the proxy's certificate was issued with a wrong clock."),
            Cause.ProxyCertificateWrongName => (
                $"The certificate of {at} is for another name", owner,
                $"Issue the certificate for the name by which the sensor knows {at}, or set trust.serverName of hop {place.Target(verdict.Index)} to the name in it."),
            Cause.ProxyPinMismatch => (
                $"The key of {at} is not one of those pinned", ActingTeam.SensorOwner,
                $"Ask the owner of {at} whether the key was changed. Only if so, set the new pin; if not, somebody stands in between."),
            Cause.ProxyTlsTooWeak => (
                $"{at} has no TLS version or suite in common with the sensor", owner,
                $"Enable TLS 1.2 or 1.3 with AES-256-GCM at {at}."),
            Cause.ProxyClientCertificateMissing => (
                $"{at} asks for a client certificate, and none is set for it", ActingTeam.SensorOwner,
                $"Ask the owner of {at} for a certificate for this sensor and set it as clientCertificate of hop {place.Target(verdict.Index)}."),
            Cause.ProxyClientCertificateRefused => (
                $"{at} refuses the client certificate that is set for it", owner,
                $"Let {at} trust the CA of the sensor's proxy certificate, or renew that certificate if it has ended."),
            Cause.ProxyTlsFailed => (
                $"The TLS handshake with {at} fails", owner,
                $"Check that {at} speaks TLS on this port; if it does not, set scheme: http for hop {place.Target(verdict.Index)}."),
            Cause.Misconfigured => (
                $"A setting of hop {place.Target(verdict.Index)} makes it impossible to use", ActingTeam.SensorOwner,
                $"Correct the setting that the evidence names."),
            _ => (
                $"{at} answered with a status that was not expected", owner,
                $"Look at the log of {at} at this time for the request to {question}."),
        };
    }

    private static (string Summary, ActingTeam Actor, string Remedy) OfEndpoint(Verdict verdict, FaultPlace place)
    {
        var end = place.Destination;
        var before = place.Name(place.End - 1);
        var network = place.NetworkAfter(place.End - 1);
        return verdict.Cause switch
        {
            Cause.NameNotFound or Cause.ResolverUnreachable or Cause.ConnectionTimedOut or Cause.NetworkUnreachable when verdict.Stage is Stage.Resolve or Stage.Connect => OfReaching(verdict, place),
            Cause.ConnectionRefused when verdict.Stage is Stage.Connect => OfReaching(verdict, place),
            Cause.NoAnswer or Cause.ConnectionClosed or Cause.ConnectionReset when verdict.Stage == Stage.Tls => (
                $"{before} opens the tunnel, but nothing from {end} comes through it", network,
                $"Look on the stretch from {before} to {end}: a firewall or filter that lets the connection open and then drops or cuts TLS, or a proxy that says yes before it has connected. Allow TLS to exactly {end} there."),
            Cause.LargePacketsLost => (
                $"Between {before} and {end} small packets pass and large ones are lost", network,
                "A link or VPN on the way has a smaller MTU, and the ICMP messages that would say so are blocked: allow ICMP type 3 code 4 (IPv6: type 2), or clamp the TCP MSS there."),
            Cause.Intercepted => (
                $"Somebody between {before} and {end} opens the TLS connection: the certificate is not the cloud's", ActingTeam.ItProxyTeam,
                $"Exempt exactly {end} from TLS inspection. The sensor does not accept inspection, as its promise is that nobody on the way can read or change what it sends."),
            Cause.BlockPage => (
                $"A web filter answers in place of {end}", ActingTeam.ItProxyTeam,
                $"Exempt exactly {end} from sign-in, filtering and inspection for this sensor."),
            Cause.CertificateUntrusted => (
                $"The certificate of {end} is not signed by a CA that the sensor trusts for the cloud", ActingTeam.CloudTeam,
                $"If the portal's CA was changed, give the sensor a new activation file; if not, somebody on the way shows a certificate of his own: ask the IT proxy team about TLS inspection for {end}."),
            Cause.CertificateExpired => (
                $"The certificate of {end} has expired, or the sensor's clock is far ahead", ActingTeam.CloudTeam,
                $"Renew the certificate of {end}; first compare the sensor's clock, which the evidence shows."),
            Cause.ClockOff => (
                verdict.Words is null ? "The sensor's clock is behind: the cloud's certificate is not valid yet by it" : $"The sensor's clock is off, so the certificate of {end} is out of its time by it", ActingTeam.SensorOwner,
                "Set the clock of the sensor's machine and set up time synchronisation (NTP)."),
            Cause.CertificateWrongName => (
                $"The certificate at {end} is for another name", ActingTeam.CloudTeam,
                $"Issue the portal's certificate for this host name, or correct the endpoint's name; a DNS entry that leads to another machine looks the same."),
            Cause.TlsTooWeak => (
                $"{end} has no TLS version or suite in common with the sensor", ActingTeam.CloudTeam,
                $"Enable TLS 1.2 or 1.3 with AES-256-GCM at {end}. A device on the way that rewrites TLS shows the same."),
            Cause.WebSocketBlocked => (
                $"{end} is reached, but does not let the sensor upgrade to WebSocket", ActingTeam.CloudTeam,
                $"Let the load balancer or gateway in front of {end} pass the Upgrade header for /$iothub/websocket; if something on the way inspects, exempt {end} from it."),
            Cause.IdentityRefused or Cause.IdentityRevoked => (
                $"{end} does not accept the sensor's identity", ActingTeam.CloudTeam,
                "Look at the sensor in the portal: if it was revoked or deleted on purpose, nothing is wrong; else reissue its activation file and activate it again."),
            Cause.Throttled => (
                $"{end} asks the sensor to slow down", ActingTeam.CloudTeam,
                "Raise the quota of the service, or lower the number of sensors on it."),
            Cause.ServiceFailed => (
                $"{end} is reached and answers with an error of its own", ActingTeam.CloudTeam,
                "The way is in order. Look at the health and the logs of the cloud service."),
            Cause.NoAnswer or Cause.ConnectionClosed or Cause.ConnectionReset or Cause.MalformedAnswer => (
                $"TLS with {end} is up, but the service gives no proper answer", ActingTeam.CloudTeam,
                "The way is in order as far as TLS. Look at the health and the logs of the cloud service; if they show nothing, at what cuts or slows connections on the way."),
            _ => (
                $"The TLS handshake with {end} fails", ActingTeam.CloudTeam,
                $"Check that {end} speaks TLS on this port; what it answered is in the evidence."),
        };
    }

    private static ActingTeam OwnerOfNext(Verdict verdict, FaultPlace place) => place.OwnerOf(Math.Min(verdict.Index + 1, place.End));

    private static string AddressOf(int index, FaultPlace place) => index < place.End ? place.Route.Hops[index].Address.ToString() : place.Destination;

    private static string HostOf(string address) => HostPort.TryParse(address, out var parsed) ? parsed.Host : address;
}
