using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Culvert.Outbox;

/// <summary>The outbox's open file, one user at a time, through what may befall it: opens it, repairs it where it is damaged, waits while the disk is full or failing.</summary>
internal sealed class GuardedFile : IDisposable
{
    // Space is given back only when this much is free, so that a queue that fills and drains all the time reuses its pages instead.
    private const long ShrinkAboveBytes = 4 * 1024 * 1024;
    private const int ShrinkPages = 8192;

    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action<OutboxFile> _opened;
    private readonly OutboxFolder _folder;
    private readonly OutboxRepairer _repairer;
    private readonly DiskReserve _reserve;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private OutboxFile? _file;
    private int _trouble;
    private bool _disposed;

    /// <summary>Takes the folder. Throws <see cref="OutboxException"/> where it is in use or unusable.</summary>
    /// <param name="options">Folder, sizes and waiting times of the outbox.</param>
    /// <param name="clock">Waits between two tries.</param>
    /// <param name="logger">Is told of repairs and troubles.</param>
    /// <param name="opened">Called with the file, within a step, each time it was opened.</param>
    public GuardedFile(OutboxOptions options, TimeProvider clock, ILogger logger, Action<OutboxFile> opened)
    {
        (_options, _clock, _logger, _opened) = (options, clock, logger, opened);
        _folder = new OutboxFolder(options.Directory);
        _repairer = new OutboxRepairer(_folder, clock);
        _reserve = new DiskReserve(_folder.Reserve, options.ReserveBytes);
    }

    /// <summary>What was found damaged at opening or since; null when nothing was.</summary>
    public OutboxRepair? LastRepair { get; private set; }

    /// <summary>What keeps it from writing now.</summary>
    public OutboxTrouble Trouble => (OutboxTrouble)Volatile.Read(ref _trouble);

    /// <summary>The epoch of the open file; 0 while none is open.</summary>
    public long Epoch => _file?.Epoch ?? 0;

    /// <summary>Takes the room that a full disk will need; where it is not there, the first append tries again.</summary>
    public void HoldReserve() => _reserve.TryHold();

    /// <summary>Runs one step on the open file, alone. Opens, repairs, and waits for the disk as needed.</summary>
    /// <param name="step">What is done; run again from its beginning where the disk failed it.</param>
    /// <param name="isAppend">Whether it needs room: then it waits until the reserve is held.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<T> RunAsync<T>(Func<OutboxFile, T> step, bool isAppend, CancellationToken cancellationToken)
    {
        var repaired = false;
        while (true)
        {
            await _gate.WaitAsync(cancellationToken);
            try
            {
                ObjectDisposedException.ThrowIf(_disposed, typeof(OutboxStore));
                var file = _file ??= OpenFile();
                if (!isAppend || _reserve.IsHeld || _reserve.TryHold())
                {
                    var result = step(file);
                    EndTrouble(isAppend);
                    return result;
                }

                BeginTrouble(OutboxTrouble.DiskFull, "the room held back is not there again yet");
            }
            catch (SqliteException e) when (SqliteFailure.IsDamage(e) && !repaired)
            {
                Close();
                repaired = Repair(e.Message);
            }
            catch (SqliteException e) when (SqliteFailure.IsPassing(e, _folder.FullPath, out var trouble))
            {
                if (trouble == OutboxTrouble.DiskFull)
                {
                    _reserve.Release();
                }
                else
                {
                    // After a failed sync nobody knows what the file holds: read it anew.
                    Close();
                }

                BeginTrouble(trouble, e.Message);
            }
            catch (IOException e)
            {
                BeginTrouble(OutboxTrouble.DiskFailed, e.Message);
            }
            finally
            {
                _gate.Release();
            }

            if (Trouble != OutboxTrouble.None)
            {
                await Task.Delay(_options.RetryAfter, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Gives free pages back to the file system, within a step, where more are free than the waiting records may need again soon.</summary>
    public void GiveSpaceBack(OutboxFile file, long waitingBytes)
    {
        // Pages can be given back only as fast as they become free; what is left stays for the next time.
        if (file.FreeBytes > (_reserve.IsHeld ? Math.Max(ShrinkAboveBytes, waitingBytes) : 0))
        {
            try
            {
                file.Shrink(ShrinkPages);
            }
            catch (SqliteException e) when (SqliteFailure.IsPassing(e, _folder.FullPath, out _))
            {
                // A convenience: the records are out already.
            }
        }
    }

    /// <summary>Closes the files. Waits for a step in progress, at most ten seconds.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        var entered = _gate.Wait(TimeSpan.FromSeconds(10));
        _disposed = true;
        _file?.Dispose();
        _folder.Dispose();
        if (entered)
        {
            _gate.Release();
        }
    }

    private OutboxFile OpenFile()
    {
        var first = Epoch == 0;
        if (first)
        {
            _folder.FinishInterrupted();
        }

        if (!File.Exists(_folder.Store))
        {
            _repairer.MakeEmpty();
        }

        var file = OutboxFile.Open(_folder.Store, verify: true);
        _opened(file);
        return file;
    }

    private bool Repair(string reason)
    {
        try
        {
            LastRepair = _repairer.Repair(reason);
            OutboxLog.Repaired(_logger, LastRepair.SetAside, reason, LastRepair.Kept, LastRepair.Lost);
            return true;
        }
        catch (SqliteException e) when (SqliteFailure.IsPassing(e, _folder.FullPath, out var trouble))
        {
            BeginTrouble(trouble, e.Message);
            return false;
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private void BeginTrouble(OutboxTrouble trouble, string reason)
    {
        if (Interlocked.Exchange(ref _trouble, (int)trouble) != (int)trouble)
        {
            OutboxLog.TroubleBegan(_logger, trouble, reason);
        }
    }

    private void EndTrouble(bool isAppend)
    {
        // Reading and taking out work on a full disk as well, so only an append shows that it is over.
        if (Trouble != OutboxTrouble.None && (isAppend || Trouble == OutboxTrouble.DiskFailed))
        {
            Volatile.Write(ref _trouble, (int)OutboxTrouble.None);
            OutboxLog.TroubleEnded(_logger);
        }
    }
}
