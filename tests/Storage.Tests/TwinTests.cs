using System.Text.Json.Nodes;

namespace Culvert.Storage.Tests;

public sealed class TwinTests : StoreTest
{
    [Fact]
    public async Task A_patch_merges_null_removes_and_each_change_has_a_version()
    {
        var twin = await PatchAsync("""{"a":1,"deep":{"x":1,"y":2}}""");
        Assert.Equal(2, twin!.DesiredVersion);
        twin = await PatchAsync("""{"a":null,"deep":{"x":3}}""");
        Assert.Equal(3, twin!.DesiredVersion);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"deep":{"x":3,"y":2}}"""), JsonNode.Parse(twin.Desired)));
        Assert.Equal(1, twin.ReportedVersion);
        Assert.Null(await Store.Twins.PatchDesiredAsync("nobody", new JsonObject { ["a"] = 1 }, Cancelled));
    }

    [Fact]
    public async Task A_twin_that_would_grow_too_large_stays_as_it_is()
    {
        await PatchAsync("""{"a":1}""");
        Assert.Null(await PatchAsync($$"""{"big":"{{new string('x', ITwinStore.MaxBytes)}}"}"""));
        Assert.Equal("""{"a":1}""", (await Store.Twins.FindAsync(TestData.Sensor, Cancelled))!.Desired);
    }

    private Task<Twin?> PatchAsync(string json) => Store.Twins.PatchDesiredAsync(TestData.Sensor, JsonNode.Parse(json)!.AsObject(), Cancelled);
}
