namespace Culvert.Analysis.Modbus;

/// <summary>One Modbus PDU with its MBAP header taken apart.</summary>
/// <param name="isRequest">From the client.</param>
/// <param name="transaction">Transaction identifier.</param>
/// <param name="unit">Unit identifier.</param>
/// <param name="code">Function code as sent; the top bit marks an exception.</param>
/// <param name="data">What follows the function code.</param>
internal readonly ref struct ModbusPdu(bool isRequest, ushort transaction, byte unit, byte code, ReadOnlySpan<byte> data)
{
    public bool IsRequest { get; } = isRequest;

    public ushort Transaction { get; } = transaction;

    public byte Unit { get; } = unit;

    public byte Function { get; } = (byte)(code & 0x7F);

    public bool IsException { get; } = (code & 0x80) != 0;

    public ReadOnlySpan<byte> Data { get; } = data;
}
