return await Culvert.ProxyHost.ProxyCommands.RunAsync(args);
