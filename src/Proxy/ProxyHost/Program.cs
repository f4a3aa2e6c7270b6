return await Culvert.ProxyHost.ProxyCommands.Build().Parse(args).InvokeAsync();
