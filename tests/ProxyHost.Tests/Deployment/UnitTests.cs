using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>The systemd unit: well-formed, as closed as the documentation says, and not so closed that the program cannot work.</summary>
public sealed class UnitTests : IDisposable
{
    // What the native program was seen to call while it started, carried tunnels, reloaded and drained (strace), but for what every process calls to start.
    private static readonly string[] Needed =
    [
        "accept4", "bind", "clone3", "close", "connect", "epoll_create1", "epoll_ctl", "epoll_wait", "eventfd2", "exit_group", "fcntl", "flock", "futex", "get_mempolicy", "getdents64", "getpid",
        "getrandom", "getrusage", "getsockname", "getsockopt", "gettid", "ioctl", "listen", "madvise", "membarrier", "mmap", "mprotect", "munmap", "newfstatat", "openat", "pipe2", "prctl", "pread64",
        "prlimit64", "read", "readlink", "recvfrom", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "sendto", "set_robust_list", "setsockopt", "shutdown",
        "socket", "splice", "statfs", "statx", "sysinfo", "write",
    ];

    // Not setns: RestrictNamespaces refuses that, by its arguments.
    private static readonly string[] Forbidden = ["mount", "ptrace", "bpf", "init_module", "kexec_load", "reboot", "swapon", "keyctl", "shmget", "memfd_create", "process_vm_writev"];

    private readonly TestFolder _folder = new();

    [Fact(Timeout = 120_000)]
    public async Task It_is_well_formed()
    {
        DeployFolder.Require("systemd-analyze");
        // The program is not installed on the machine that checks.
        var unit = _folder.Write("culvert-proxy.service", DeployFolder.Read("systemd", "culvert-proxy.service").Replace("/usr/lib/culvert/culvert-proxy", "/bin/true", StringComparison.Ordinal));

        var (status, said) = await DeployFolder.RunAsync("systemd-analyze", "verify", "--man=no", unit);

        Assert.True(status == 0 && !said.Contains("culvert-proxy.service", StringComparison.Ordinal), said);
    }

    [Fact(Timeout = 120_000)]
    public async Task Its_exposure_is_what_the_documentation_says()
    {
        DeployFolder.Require("systemd-analyze");

        var (status, said) = await DeployFolder.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", DeployFolder.PathOf("systemd", "culvert-proxy.service"));

        Assert.True(status == 0, said);
        Assert.Contains("exposure level", said, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Its_filter_lets_through_the_system_calls_of_the_program_and_no_dangerous_one()
    {
        DeployFolder.Require("systemd-analyze");
        var allowed = await AllowedAsync();

        Assert.Empty(Needed.Except(allowed));
        Assert.Empty(Forbidden.Intersect(allowed));
    }

    [Fact(Timeout = 300_000)]
    public Task The_program_works_under_a_real_systemd_with_all_directives_in_force() => DeployFolder.TryAsync("try-proxy-unit.sh");

    public void Dispose() => _folder.Dispose();

    // systemd.exec(5): the first line makes it a list of what is allowed; later ones add to it, or with ~ take away.
    private static async Task<HashSet<string>> AllowedAsync()
    {
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in DeployFolder.Read("systemd", "culvert-proxy.service").Split('\n').Where(l => l.StartsWith("SystemCallFilter=", StringComparison.Ordinal)))
        {
            var value = line["SystemCallFilter=".Length..];
            foreach (var name in value.TrimStart('~').Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var calls = await ExpandAsync(name);
                if (value.StartsWith('~'))
                {
                    allowed.ExceptWith(calls);
                }
                else
                {
                    allowed.UnionWith(calls);
                }
            }
        }

        return allowed;
    }

    private static async Task<IReadOnlyList<string>> ExpandAsync(string name)
    {
        if (!name.StartsWith('@'))
        {
            return [name];
        }

        var (status, said) = await DeployFolder.RunAsync("systemd-analyze", "syscall-filter", "--no-pager", name);
        Assert.True(status == 0, said);
        var calls = new List<string>();
        foreach (var entry in said.Split('\n').Skip(1).Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            calls.AddRange(await ExpandAsync(entry));
        }

        return calls;
    }
}
