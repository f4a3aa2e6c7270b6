using System.Text.Json.Serialization;

namespace Culvert.Storage.Sqlite;

/// <summary>Small JSON columns.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StoreJson : JsonSerializerContext;
