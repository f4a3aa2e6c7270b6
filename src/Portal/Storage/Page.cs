namespace Culvert.Storage;

/// <summary>One page of a longer list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The rows of this page.</param>
/// <param name="Total">How many rows the filter matches in all.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total);
