using System.Text.RegularExpressions;

namespace Culvert.Planning.Tests;

/// <summary>What we write for Terraform is as <c>terraform fmt</c> would have it, and names only arguments that the providers have.</summary>
public sealed partial class TerraformTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;

    public static TheoryData<string> Links => ["multicloud-vpn", "multicloud-expressroute-exchange", "multicloud-expressroute-own-routers", "google-vpn", "google-own-routers", "aws-static", "aws-exchange"];

    [Fact]
    public async Task Terraform_would_format_nothing_differently()
    {
        foreach (var link in Links)
        {
            foreach (var (file, index) in Files((string)link.Data!).Select((f, i) => (f, i)))
            {
                var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{link.Data}-{index}")).FullName;
                await File.WriteAllTextAsync(Path.Combine(folder, "main.tf"), file.Content);
            }
        }

        var (status, output) = await RealProgram.RunAsync("terraform", "fmt", "-check", "-diff", "-recursive", _folder);

        Assert.True(status == 0, output);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void Each_resource_has_only_arguments_that_its_provider_knows(string link)
    {
        var known = Arguments();
        var files = Files(link);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            foreach (Match resource in Resource().Matches(file.Content))
            {
                var type = resource.Groups["type"].Value;
                Assert.True(known.TryGetValue(type, out var arguments), $"{type} is not in the list of arguments");
                foreach (Match argument in Argument().Matches(resource.Groups["body"].Value))
                {
                    Assert.True(arguments!.Contains(argument.Groups["name"].Value), $"{type} has no argument {argument.Groups["name"].Value}");
                }
            }

            // A secret is a variable that Terraform does not show.
            Assert.All(Variable().Matches(file.Content).Where(m => m.Groups["name"].Value.Contains("key", StringComparison.Ordinal)), m => Assert.Contains("sensitive", m.Value, StringComparison.Ordinal));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<PlanFile> Files(string link)
    {
        var site = link switch
        {
            "google-vpn" => Change("multicloud-vpn", ("kind: aws", "kind: google"), ("    toGateway:", "    secondToGateway: 203.0.113.81\n    toGateway:")),
            "google-own-routers" => Change("multicloud-expressroute-own-routers", ("kind: aws", "kind: google"), ("    preSharedKey:", "    bgp: { fromAsn: 64512, toAsn: 65515, primary: 169.254.21.0/30 }\n    preSharedKey:")),
            "aws-static" => Change("multicloud-vpn", ("    bgp:\n      fromAsn: 64512\n      toAsn: 65515\n      primary: 169.254.21.0/30\n      secondary: 169.254.22.0/30\n", "")),
            "aws-exchange" => Change("multicloud-expressroute-exchange", ("kind: google", "kind: aws")),
            _ => Samples.Read(link),
        };
        return [.. SitePlan.Create(site).Files.Where(f => f.Path.EndsWith(".tf", StringComparison.Ordinal))];
    }

    private static SiteFile Change(string sample, params (string Old, string New)[] changes)
    {
        var text = File.ReadAllText(Path.Combine(Samples.Root, $"samples/{sample}.site.yaml"));
        foreach (var (old, @new) in changes)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, @new, StringComparison.Ordinal);
        }

        return Samples.Parse(text);
    }

    private static Dictionary<string, HashSet<string>> Arguments() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Loaded/terraform-arguments.txt")).Where(l => l.Length > 0 && !l.StartsWith('#'))
            .Select(l => l.Split(' ')).ToDictionary(w => w[0].TrimEnd(':'), w => w.Skip(1).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    [GeneratedRegex("""^resource "(?<type>\w+)" "\w+" \{\n(?<body>.*?)^\}""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Resource();

    // At the first level of a resource: an attribute or a block.
    [GeneratedRegex(@"^  (?<name>\w+)( +=| \{)", RegexOptions.Multiline)]
    private static partial Regex Argument();

    [GeneratedRegex("""^variable "(?<name>\w+)" \{\n.*?^\}""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Variable();
}
