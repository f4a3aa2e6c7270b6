using Culvert.CloudServices.Tests;

[assembly: AssemblyFixture(typeof(PortalFixture))]
