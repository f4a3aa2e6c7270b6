using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NJsonSchema;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Culvert.Configuration.Tests;

public sealed partial class SiteSampleTests
{
    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Repository.Samples, "*.site.yaml").Select(f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_no_mistake(string sample)
    {
        var result = SiteFileReader.Load(Path.Combine(Repository.Samples, sample));

        Assert.Empty(result.Mistakes);
        Assert.NotNull(result.Value);
    }

    [Fact]
    public void Each_connection_method_and_each_private_link_has_a_sample()
    {
        var sites = Samples.Select(s => SiteFileReader.Load(Path.Combine(Repository.Samples, (string)s.Data!)).Value!).ToList();

        Assert.Equal(Enum.GetValues<ConnectionMethod>(), sites.SelectMany(s => s.Sensors).Select(s => s.Method!.Value).Distinct().Order());
        Assert.Equal(Enum.GetValues<PrivateLinkKind>(), sites.SelectMany(s => s.PrivateLinks).Select(l => l.Kind).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_is_valid_by_the_schema_that_editors_use(string sample)
    {
        var schema = await ReadSchema();
        var json = ToJson(await File.ReadAllTextAsync(Path.Combine(Repository.Samples, sample)));

        Assert.Empty(schema.Validate(json.ToJsonString()).Select(e => e.ToString()));
    }

    [Fact]
    public async Task The_schema_finds_a_wildcard_and_an_unknown_field()
    {
        var schema = await ReadSchema();
        var text = (await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "direct.site.yaml")))
            .Replace("portal.example.com", "\"*.example.com\"", StringComparison.Ordinal).Replace("method:", "methode:", StringComparison.Ordinal);

        var errors = schema.Validate(ToJson(text).ToJsonString());

        Assert.Contains(errors, e => e.ToString().Contains("NoAdditionalPropertiesAllowed: #/sensors[0].methode", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.ToString().Contains("PatternMismatch: #/clouds[0].endpoints[0].host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_schema_knows_exactly_the_fields_that_the_reader_knows()
    {
        var known = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var result = SettingsFile.Parse(EveryField, "every.yaml", root =>
        {
            SiteFileReader.Read(root);
            foreach (var mapping in root.Opened)
            {
                var path = Index().Replace(mapping.Field, "[]");
                if (!known.TryGetValue(path, out var keys))
                {
                    known[path] = keys = new SortedSet<string>(StringComparer.Ordinal);
                }

                keys.UnionWith(mapping.Known);
            }

            return "";
        });
        Assert.Empty(result.Mistakes);

        var written = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        Collect(await ReadSchema(), "", written);

        Assert.Equal(Lines(written), Lines(known));
    }

    private const string EveryField =
        """
        site: { name: s }
        requirements: { ownRouters: true }
        zones:
          - { name: a, purdueLevel: 2, subnets: [10.0.0.0/24] }
          - { name: b, cloud: c, subnets: [10.0.1.0/24] }
        sensors:
          - name: x
            zone: a
            address: 10.0.0.1
            monitors: [{ interface: e, zone: a }]
            routes: [{ name: r, hops: [p] }]
        proxies:
          - name: p
            zone: b
            address: 10.0.1.1
            credentials: { userName: u, password: { environment: E } }
            pool: { members: [10.0.1.2] }
        firewalls:
          - { name: f, sides: [{ zone: a }, { zone: b }, { zone: internet }] }
        privateLinks:
          - name: l
            kind: vpn
            from: a
            to: c
            preSharedKey: { environment: E }
            bgp: { fromAsn: 1, toAsn: 2, primary: 10.9.0.0/30 }
        clouds:
          - name: c
            kind: azure
            virtualNetwork: { name: v, region: r, addressSpace: 10.0.1.0/24 }
            comingEndpoints: [{ service: blob, host: n.example.com, neededFrom: "2.0" }]
            endpoints:
              - { service: iotHub, host: h.example.com }
              - { service: eventHubs, host: h.example.com }
              - { service: blob, host: h.example.com }
              - { service: downloads, host: h.example.com }
              - { service: telemetry, host: h.example.com }
        """;

    private static async Task<JsonSchema> ReadSchema() => await JsonSchema.FromFileAsync(Path.Combine(Repository.Samples, "site.schema.json"));

    private static IEnumerable<string> Lines(SortedDictionary<string, SortedSet<string>> fields) => fields.Select(f => $"{f.Key}: {string.Join(' ', f.Value)}");

    private static void Collect(JsonSchema schema, string path, SortedDictionary<string, SortedSet<string>> into)
    {
        schema = schema.ActualSchema;
        if (schema.Properties.Count > 0)
        {
            into[path] = new SortedSet<string>(schema.Properties.Keys, StringComparer.Ordinal);
        }

        foreach (var (key, property) in schema.Properties)
        {
            var child = path.Length == 0 ? key : $"{path}.{key}";
            if (property.ActualSchema.Item is { } item)
            {
                Collect(item, $"{child}[]", into);
            }
            else
            {
                Collect(property, child, into);
            }
        }
    }

    // An editor's YAML server reads plain numbers and flags as such; so does this.
    private static JsonNode ToJson(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Convert(stream.Documents[0].RootNode);

        static JsonNode Convert(YamlNode node) => node switch
        {
            YamlMappingNode mapping => new JsonObject(mapping.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, (JsonNode?)Convert(c.Value)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar when decimal.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value!),
            _ => throw new InvalidOperationException(),
        };
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
