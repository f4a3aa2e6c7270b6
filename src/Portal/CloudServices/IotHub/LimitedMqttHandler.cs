using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using MQTTnet.AspNetCore;

namespace Culvert.CloudServices;

/// <summary>Hands a connection to the broker with a limit on what one packet may take in memory, which the broker itself has not.</summary>
internal sealed class LimitedMqttHandler(MqttConnectionHandler inner) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        connection.Transport = new LimitedPipe(connection.Transport);
        await inner.OnConnectedAsync(connection);
    }

    private sealed class LimitedPipe(IDuplexPipe pipe) : IDuplexPipe
    {
        public PipeReader Input { get; } = new LimitedReader(pipe.Input);

        public PipeWriter Output => pipe.Output;
    }

    private sealed class LimitedReader(PipeReader reader) : PipeReader
    {
        // A message of 256 KiB with its topic, and what the transport reads ahead of the broker (1 MiB).
        private const long MaxUnread = (CloudServicesOptions.MaxMessageBytes * 2) + (1024 * 1024);

        // What the broker left of the bytes that came before the end; -1 before the end.
        private long _leftAtTheEnd = -1;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.IsCompleted && result.Buffer.Length == _leftAtTheEnd)
            {
                // The peer is gone in the middle of a packet. The broker would ask again and again for the rest, and keep a processor busy with it.
                throw new ConnectionAbortedException("The connection ended in the middle of an MQTT packet.");
            }

            _leftAtTheEnd = result.IsCompleted ? result.Buffer.Length : -1;
            return result.Buffer.Length <= MaxUnread ? result : throw new ConnectionAbortedException("An MQTT packet is longer than allowed.");
        }

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);
    }
}
