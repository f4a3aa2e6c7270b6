using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>Writes a template as ARM JSON.</summary>
internal static class ArmWriter
{
    public static string Write(AzureTemplate template)
    {
        using var stream = new MemoryStream();
        // Nobody puts a template into a web page: quotation marks may stay readable.
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#");
            json.WriteString("contentVersion", "1.0.0.0");
            json.WriteStartObject("parameters");
            foreach (var parameter in template.Parameters)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("type", parameter.IsSecret ? "securestring" : "string");
                if (parameter.Default is not null)
                {
                    json.WriteString("defaultValue", parameter.Default);
                }

                json.WriteStartObject("metadata");
                json.WriteString("description", parameter.Description);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("variables");
            foreach (var (variable, _, content) in template.Texts)
            {
                json.WriteString(variable, content);
            }

            json.WriteEndObject();
            json.WriteStartArray("resources");
            foreach (var resource in template.Resources)
            {
                WriteResource(json, resource);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteResource(Utf8JsonWriter json, AzureResource resource)
    {
        json.WriteStartObject();
        json.WriteString("type", resource.Type);
        json.WriteString("apiVersion", resource.ApiVersion);
        if (resource.Scope is { } scope)
        {
            json.WriteString("scope", $"[{scope.ArmId}]");
        }

        json.WriteString("name", resource.Name);
        WriteFields(json, resource.Fields);
        var dependsOn = (resource.Scope is null ? resource.DependsOn : [.. resource.DependsOn, resource.Scope]).DistinctBy(r => r.Symbol).ToList();
        if (dependsOn.Count > 0)
        {
            json.WriteStartArray("dependsOn");
            foreach (var other in dependsOn)
            {
                json.WriteStringValue($"[{other.ArmId}]");
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<(string Key, AzureValue Value)> fields)
    {
        foreach (var (key, value) in fields)
        {
            json.WritePropertyName(key);
            WriteValue(json, value);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, AzureValue value)
    {
        switch (value)
        {
            case AzureText { Text: var t }:
                // A text that begins with a bracket would be read as an expression.
                json.WriteStringValue(t.StartsWith('[') ? "[" + t : t);
                break;
            case AzureNumber { Number: var n }:
                json.WriteNumberValue(n);
                break;
            case AzureFlag { Flag: var f }:
                json.WriteBooleanValue(f);
                break;
            case AzureExpression { Arm: var e }:
                json.WriteStringValue($"[{e}]");
                break;
            case AzureList { Items: var items }:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            case AzureGroup { Fields: var fields }:
                json.WriteStartObject();
                WriteFields(json, fields);
                json.WriteEndObject();
                break;
        }
    }
}
