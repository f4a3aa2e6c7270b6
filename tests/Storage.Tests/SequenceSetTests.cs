using CsCheck;

namespace Culvert.Storage.Tests;

public sealed class SequenceSetTests
{
    [Fact]
    public void In_whatever_order_numbers_come_the_set_is_exact_and_its_intervals_never_touch() => Gen.Long[1, 60].Array[0, 200].Sample(numbers =>
    {
        var set = new SequenceSet([]);
        var expected = new HashSet<long>();
        foreach (var number in numbers)
        {
            Assert.Equal(expected.Add(number), set.Add(number));
        }

        Assert.Equal(expected.Order(), set.Intervals.SelectMany(i => Range(i.First, i.Last)));
        Assert.All(set.Intervals.Zip(set.Intervals.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        Assert.All(set.Intervals, i => Assert.True(i.First <= i.Last));
    });

    [Fact]
    public void A_stream_without_gaps_is_one_interval()
    {
        var set = new SequenceSet([]);
        for (var i = 1; i <= 100_000; i++)
        {
            Assert.True(set.Add(i));
        }

        Assert.Equal((1, 100_000), Assert.Single(set.Intervals));
    }

    [Fact]
    public void The_largest_number_there_is_does_no_harm()
    {
        var set = new SequenceSet([]);
        Assert.True(set.Add(long.MaxValue));
        Assert.True(set.Add(long.MaxValue - 1));
        Assert.False(set.Add(long.MaxValue));
        Assert.True(set.Add(1));
        Assert.Equal(2, set.Intervals.Count);
    }

    private static IEnumerable<long> Range(long first, long last)
    {
        for (var i = first; i <= last; i++)
        {
            yield return i;
        }
    }
}
