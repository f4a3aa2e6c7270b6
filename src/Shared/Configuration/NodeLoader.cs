using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Culvert.Configuration;

/// <summary>Builds the tree of a YAML text from the parser's events, bounded, and refuses what settings do not need.</summary>
internal sealed class NodeLoader(SettingsDocument document)
{
    private const string NoAlias = "expected plain values; anchors and aliases are refused because a few of them can stand for any amount of data";
    private bool _tooDeep;

    /// <summary>The top mapping; null when there is none, with the mistakes told.</summary>
    public MappingNode? Load(string text)
    {
        if (text.Length > SettingsFile.MaxBytes)
        {
            document.Add(default, "", "the text is too large", $"expected at most {SettingsFile.MaxBytes / 1024} KiB");
            return null;
        }

        try
        {
            using var reader = new StringReader(text);
            var parser = new Parser(new Scanner(reader, skipComments: true));
            return LoadDocument(parser);
        }
        catch (YamlException e)
        {
            // The end is where the parser stood when it gave up; the start may be many lines before.
            document.Add(At(e.End), "", $"this is not valid YAML: {Reason(e)}", "expected YAML 1.2; check indentation (spaces, never tabs), colons and quotes");
            return null;
        }
    }

    private MappingNode? LoadDocument(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            document.Add(new Position(1, 1), "", "the file is empty", "expected fields, one a line, written 'name: value'");
            return null;
        }

        var top = LoadNode(parser, "", 1);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
        {
            document.Add(At(second.Start), "", "a second document begins here", "expected one document a file");
        }

        if (_tooDeep)
        {
            return null;
        }

        if (top is MappingNode mapping)
        {
            return mapping;
        }

        if (top is not null)
        {
            document.Add(top.At, "", top.Describe(), "expected fields, one a line, written 'name: value'");
        }

        return null;
    }

    private Node? LoadNode(Parser parser, string field, int depth)
    {
        if (depth > SettingsFile.MaxDepth)
        {
            document.Add(At(parser.Current!.Start), field, "values are nested too deep", $"expected at most {SettingsFile.MaxDepth} levels");
            _tooDeep = true;
            parser.SkipThisAndNestedEvents();
            return null;
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            document.Add(At(alias.Start), field, $"an alias, *{alias.Value}", NoAlias);
            return null;
        }

        Refuse((NodeEvent)parser.Current!, field);
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new ScalarNode(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        return parser.TryConsume<SequenceStart>(out var sequence)
            ? LoadSequence(parser, sequence, field, depth)
            : LoadMapping(parser, parser.Consume<MappingStart>(), field, depth);
    }

    private SequenceNode LoadSequence(Parser parser, SequenceStart start, string field, int depth)
    {
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            var item = LoadNode(parser, string.Create(CultureInfo.InvariantCulture, $"{field}[{items.Count}]"), depth + 1);
            items.Add(item ?? new ScalarNode(At(start.Start), "", IsPlain: true));
        }

        return new SequenceNode(At(start.Start), items);
    }

    private MappingNode LoadMapping(Parser parser, MappingStart start, string field, int depth)
    {
        var entries = new List<Entry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                document.Add(At(parser.Current!.Start), field, "a key that is not plain text", "expected a field's name");
                parser.SkipThisAndNestedEvents();
                parser.SkipThisAndNestedEvents();
                continue;
            }

            var at = At(key.Start);
            var path = SettingsMapping.Join(field, key.Value);
            Refuse(key, path);
            var value = LoadNode(parser, path, depth + 1);
            if (!lines.TryAdd(key.Value, at.Line))
            {
                document.Add(at, path, $"the field is written twice, first in line {lines[key.Value]}", "expected it once");
            }
            else if (value is not null)
            {
                entries.Add(new Entry(at, key.Value, value));
            }
        }

        return new MappingNode(At(start.Start), entries);
    }

    private void Refuse(NodeEvent node, string field)
    {
        if (!node.Anchor.IsEmpty)
        {
            document.Add(At(node.Start), field, $"an anchor, &{node.Anchor.Value}", NoAlias);
        }

        // '!' marks a quoted scalar as text in some emitters; anything else asks for a type of its own.
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            document.Add(At(node.Start), field, $"a tag, {Quote.Of(node.Tag.Value)}", "expected a value without a tag");
        }
    }

    private static Position At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string Reason(YamlException e)
    {
        // YamlDotNet's Message may carry its own position in front; ours is already told.
        var message = e.Message;
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        message = message.StartsWith('(') && end > 0 ? message[(end + 3)..] : message;
        return Quote.Of(message.TrimEnd('.'))[1..^1];
    }
}
