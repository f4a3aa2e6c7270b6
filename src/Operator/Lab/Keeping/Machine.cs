using System.Diagnostics;

namespace Culvert.Lab;

/// <summary>What this machine has of what labs need.</summary>
/// <param name="Findings">One for each thing examined.</param>
public sealed record Machine(IReadOnlyList<MachineFinding> Findings)
{
    // Each line is tried in throw-away namespaces: what a kernel says it has and what it has are two things.
    private const string Trial =
        """
        try() { name=$1; shift; if out=$("$@" 2>&1); then echo "+$name"; else echo "-$name $(echo "$out" | head -n 1)"; fi; }
        echo +namespaces
        try tmpfs mount -t tmpfs tmpfs /run
        mkdir -p /run/netns
        try netns ip netns add trial
        try bridge ip link add name z0 type bridge
        try veth ip link add name p0 type veth peer name p1
        try nftables sh -c 'printf "table inet t {\n chain c {\n type filter hook forward priority 0; policy drop;\n ct state established accept\n tcp dport 1 ct state new counter accept comment \"x\"\n }\n}\n" | nft -f -'
        try nat sh -c 'printf "table ip n {\n chain c {\n type nat hook prerouting priority -100;\n tcp dport 1 dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }\n }\n}\n" | nft -f -'
        try netdev sh -c 'printf "table netdev d {\n chain c {\n type filter hook egress device p0 priority 0;\n numgen random mod 100 < 50 drop\n }\n}\n" | nft -f -'
        try tbf tc qdisc add dev p0 root tbf rate 1mbit burst 16kb latency 50ms
        tc qdisc del dev p0 root 2>/dev/null
        try netem tc qdisc add dev p0 root netem delay 1ms
        try tun ip tuntap add dev t0 mode tap
        """;

    private static readonly (string Program, bool Required, string For)[] Programs =
    [
        ("unshare", true, "namespaces (package util-linux)"), ("nsenter", true, "namespaces (package util-linux)"), ("setsid", true, "the holder (package util-linux)"),
        ("ip", true, "the network (package iproute2)"), ("nft", true, "the firewalls (package nftables)"),
        ("tc", false, "bandwidth faults (package iproute2)"), ("squid", false, "proxies of kind squid (package squid-openssl)"), ("tinyproxy", false, "proxies of kind tinyproxy (package tinyproxy)"),
        ("haproxy", false, "fronts of kind haproxy (package haproxy)"), ("swanctl", false, "VPNs (package strongswan-swanctl)"), ("charon-systemd", false, "VPNs (package charon-systemd)"),
        ("bird", false, "private peerings with BGP (package bird2)"), ("faketime", false, "clocks that are off (package faketime)"),
    ];

    /// <summary>Whether a lab can be built at all.</summary>
    public bool CanRun => Findings.All(f => f.Works || !f.Required);

    /// <summary>What is missing.</summary>
    public IEnumerable<MachineFinding> Missing => Findings.Where(f => !f.Works);

    /// <summary>Whether the thing of this name works.</summary>
    public bool Has(string name) => Findings.Any(f => f.Name == name && f.Works);

    /// <summary>Examines the machine, which takes a fraction of a second and leaves nothing.</summary>
    public static async Task<Machine> ExamineAsync(CancellationToken cancellationToken)
    {
        var findings = Programs.Select(p => new MachineFinding(p.Program, ProgramPath.Find(p.Program) is not null, p.Required, $"program {p.Program} is missing: needed for {p.For}")).ToList();
        if (!OperatingSystem.IsLinux())
        {
            return new Machine([new MachineFinding("linux", false, true, "labs are built from Linux namespaces, and this is not Linux")]);
        }

        if (findings.Any(f => f is { Required: true, Works: false }))
        {
            return new Machine(findings);
        }

        var lines = await TryAsync(cancellationToken);
        foreach (var (name, required, lost) in ((string, bool, string)[])
            [
                ("namespaces", true, "the kernel lets this user make no namespaces"), ("tmpfs", true, "no tmpfs can be mounted in a namespace"), ("netns", true, "no named network namespace can be made"),
                ("bridge", true, "the kernel has no bridges (CONFIG_BRIDGE)"), ("veth", true, "the kernel has no virtual cables (CONFIG_VETH)"),
                ("nftables", true, "nftables does not work here (CONFIG_NF_TABLES, NFT_CT, NFT_COUNTER)"), ("nat", false, "nftables cannot spread connections (NFT_NAT, NFT_NUMGEN): no load balancer"),
                ("netdev", false, "nftables has no netdev hooks: no loss, drop or MTU faults"), ("tbf", false, "the kernel has no tbf (CONFIG_NET_SCH_TBF): no bandwidth faults"),
                ("netem", false, "the kernel has no netem (CONFIG_NET_SCH_NETEM): delays are made by the lab itself"),
                ("tun", false, "/dev/net/tun is not to be had: no delay faults, and no VPN where the kernel has no ESP"),
            ])
        {
            var refusal = lines.FirstOrDefault(l => l.StartsWith($"-{name} ", StringComparison.Ordinal));
            var why = refusal is null ? lost : $"{lost}: {refusal[(name.Length + 2)..]}";
            findings.Add(new MachineFinding(name, lines.Contains($"+{name}"), required, name == "namespaces" ? $"{why}{await HintAsync(lines, cancellationToken)}" : why));
        }

        return new Machine(findings);
    }

    private static async Task<IReadOnlyList<string>> TryAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("unshare") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. Holder.Namespaces(), "sh", "-c", Trial])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return [.. output.Split('\n'), .. (await errors).Split('\n').Where(l => l.Length > 0).Select(l => $"!{l}")];
    }

    private static async Task<string> HintAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var said = lines.FirstOrDefault(l => l.StartsWith('!'))?[1..];
        foreach (var (file, bad, remedy) in ((string, string, string)[])
            [
                ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces is 0: sysctl -w user.max_user_namespaces=10000, or run as root"),
                ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0: sysctl -w kernel.unprivileged_userns_clone=1, or run as root"),
                ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor forbids user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root"),
            ])
        {
            if (!Environment.IsPrivilegedProcess && File.Exists(file) && (await File.ReadAllTextAsync(file, cancellationToken)).Trim() == bad)
            {
                return $" ({remedy})";
            }
        }

        return said is null ? "" : $" ({said})";
    }
}

/// <summary>One thing that labs need.</summary>
/// <param name="Name">A program, or something of the kernel's.</param>
/// <param name="Works">Whether it is there and works for this user.</param>
/// <param name="Required">Whether no lab can be built without it.</param>
/// <param name="Lost">What is missing and what is lost without it, for people.</param>
public sealed record MachineFinding(string Name, bool Works, bool Required, string Lost);
