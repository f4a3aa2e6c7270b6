global using Culvert.Tunnels;
global using Culvert.Tunnels.Tests;
