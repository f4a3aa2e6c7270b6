using System.CommandLine;

// SIGTERM is the program's own to handle: the library would end it two seconds later, in the middle of its last answers.
return await Culvert.PortalHost.PortalCommands.Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
