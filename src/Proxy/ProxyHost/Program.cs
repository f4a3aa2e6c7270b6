using System.CommandLine;

// SIGTERM is the program's own to handle: the library would end it two seconds later, in the middle of draining.
return await Culvert.ProxyHost.ProxyCommands.Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
