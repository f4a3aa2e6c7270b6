using Culvert.ProxyHost.Tests.Harness;
using k8s;
using k8s.Models;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>The manifests against the types of Kubernetes' own OpenAPI description, where a field that Kubernetes does not know is a mistake, and against each other.</summary>
public sealed class KubernetesTests
{
    public static TheoryData<string> Manifests => [.. Directory.GetFiles(DeployFolder.PathOf("kubernetes"), "*.yaml").Select(f => Path.GetFileName(f)!).Where(f => f is not ("kustomization.yaml" or "proxy.yaml"))];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_is_what_Kubernetes_understands(string file)
    {
        var objects = KubernetesYaml.LoadAllFromString(DeployFolder.Read("kubernetes", file), strict: true);

        var single = Assert.Single(objects);
        Assert.Equal("culvert", Assert.IsAssignableFrom<IKubernetesObject<V1ObjectMeta>>(single).Metadata.Name[..7]);
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_would_be_seen() =>
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(DeployFolder.Read("kubernetes", "deployment.yaml").Replace("readinessProbe", "readynessProbe", StringComparison.Ordinal), strict: true));

    [Fact]
    public void Every_manifest_is_in_the_kustomization()
    {
        var kustomization = DeployFolder.Read("kubernetes", "kustomization.yaml");

        Assert.All(Manifests, m => Assert.Contains($"  - {m.Data}\n", kustomization, StringComparison.Ordinal));
    }

    [Fact]
    public void The_pods_are_what_the_restricted_policy_of_their_namespace_allows()
    {
        var pod = Load<V1Deployment>("deployment.yaml").Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);

        Assert.Equal("restricted", Load<V1Namespace>("namespace.yaml").Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Equal(64198, pod.SecurityContext.RunAsUser);
        Assert.Contains("USER 64198:64198", DeployFolder.Read("container", "Containerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Selectors_ports_and_names_fit_each_other()
    {
        var deployment = Load<V1Deployment>("deployment.yaml");
        var labels = deployment.Spec.Template.Metadata.Labels;
        var ports = deployment.Spec.Template.Spec.Containers[0].Ports.ToDictionary(p => p.Name, p => p.ContainerPort);
        var scaler = Load<V2HorizontalPodAutoscaler>("autoscaler.yaml").Spec;

        Assert.All(deployment.Spec.Selector.MatchLabels, l => Assert.Equal(l.Value, labels[l.Key]));
        Assert.All(Load<V1Service>("service.yaml").Spec.Selector, l => Assert.Equal(l.Value, labels[l.Key]));
        Assert.All(Load<V1PodDisruptionBudget>("disruption-budget.yaml").Spec.Selector.MatchLabels, l => Assert.Equal(l.Value, labels[l.Key]));
        Assert.All(Load<V1NetworkPolicy>("network-policy.yaml").Spec.PodSelector.MatchLabels, l => Assert.Equal(l.Value, labels[l.Key]));
        Assert.Equal(("Deployment", deployment.Metadata.Name), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
        Assert.Equal(Load<V1ServiceAccount>("service-account.yaml").Metadata.Name, deployment.Spec.Template.Spec.ServiceAccountName);
        Assert.Equal((3128, 3129), (ports["proxy"], ports["health"]));
        Assert.True(scaler.MinReplicas >= 2, "one proxy is no pool");
    }

    [Fact(Timeout = 120_000)]
    public async Task The_settings_of_the_pool_have_no_mistakes_and_fit_the_manifests()
    {
        var (status, said, error) = await ProxyProcess.RunAsync("", "check", "--config", DeployFolder.PathOf("kubernetes", "proxy.yaml"));
        var settings = DeployFolder.Read("kubernetes", "proxy.yaml");

        Assert.True(status == 0, said + error);
        Assert.Contains("port: 3128", settings, StringComparison.Ordinal);
        Assert.Contains("port: 3129", settings, StringComparison.Ordinal);
        // A pod that is told to end has time for what limits.drainTimeout grants, and some to be taken out of the service.
        Assert.Contains("drainTimeout: 60s", settings, StringComparison.Ordinal);
        Assert.True(Load<V1Deployment>("deployment.yaml").Spec.Template.Spec.TerminationGracePeriodSeconds > 60);
    }

    private static T Load<T>(string file) => KubernetesYaml.Deserialize<T>(DeployFolder.Read("kubernetes", file), strict: true);
}
