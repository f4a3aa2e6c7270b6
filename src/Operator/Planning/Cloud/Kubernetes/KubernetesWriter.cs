using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>The proxy pool as Kubernetes objects, for a cluster whose nodes stand in the virtual network.</summary>
internal static class KubernetesWriter
{
    public static string Write(AzurePool pool)
    {
        var proxy = pool.Proxy;
        var (health, limit) = (ProxyHealth.PortOf(proxy), pool.Proxy.Pool!);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"""
            # The pool {proxy.Name} on Kubernetes, instead of a scale set. Replace @IMAGE@ by the image of culvert-proxy in your registry.
            apiVersion: v1
            kind: Namespace
            metadata:
              name: culvert
              labels:
                pod-security.kubernetes.io/enforce: restricted
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: {proxy.Name}
              namespace: culvert
            stringData:
              proxy.yaml: |

            """);
        foreach (var line in CulvertProxyWriter.Write(pool.Site, proxy).TrimEnd('\n').Split('\n'))
        {
            text.Append(line.Length == 0 ? "\n" : $"    {line}\n");
        }

        text.Append(CultureInfo.InvariantCulture,
            $"""
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {proxy.Name}
              namespace: culvert
            spec:
              replicas: {limit.MinMembers}
              selector:
                matchLabels:
                  app: {proxy.Name}
              template:
                metadata:
                  labels:
                    app: {proxy.Name}
                spec:
                  automountServiceAccountToken: false
                  # Tunnels that are open have this long to end by themselves.
                  terminationGracePeriodSeconds: 60
                  topologySpreadConstraints:
                    - maxSkew: 1
                      topologyKey: kubernetes.io/hostname
                      whenUnsatisfiable: ScheduleAnyway
                      labelSelector:
                        matchLabels:
                          app: {proxy.Name}
                  securityContext:
                    runAsNonRoot: true
                    runAsUser: 65532
                    fsGroup: 65532
                    seccompProfile:
                      type: RuntimeDefault
                  containers:
                    - name: proxy
                      image: "@IMAGE@"
                      args: [run, --config, /etc/culvert/proxy.yaml]
                      ports:
                        - name: proxy
                          containerPort: {proxy.Port}
                        - name: health
                          containerPort: {health}
                      # Ready only while a tunnel could be opened now; alive while it answers at all.
                      readinessProbe:
                        httpGet:
                          path: {ProxyHealth.Path}
                          port: health
                        periodSeconds: 5
                        failureThreshold: 2
                      livenessProbe:
                        tcpSocket:
                          port: proxy
                        periodSeconds: 20
                      resources:
                        requests:
                          cpu: 250m
                          memory: 128Mi
                        limits:
                          memory: 512Mi
                      securityContext:
                        allowPrivilegeEscalation: false
                        readOnlyRootFilesystem: true
                        capabilities:
                          drop: [ALL]
                      volumeMounts:
                        - name: settings
                          mountPath: /etc/culvert
                          readOnly: true
                  volumes:
                    - name: settings
                      secret:
                        secretName: {proxy.Name}
                        defaultMode: 0440
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: {proxy.Name}
              namespace: culvert
              annotations:
                service.beta.kubernetes.io/azure-load-balancer-internal: "true"
                service.beta.kubernetes.io/azure-load-balancer-internal-subnet: ProxyserverSubnet
                service.beta.kubernetes.io/azure-load-balancer-ipv4: "{proxy.Address}"
                service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout: "{pool.IdleMinutes}"
            spec:
              type: LoadBalancer
              # Keeps the sensors' own addresses, by which the proxy judges.
              externalTrafficPolicy: Local
              selector:
                app: {proxy.Name}
              ports:
                - name: proxy
                  port: {proxy.Port}
                  targetPort: proxy
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: {proxy.Name}
              namespace: culvert
            spec:
              maxUnavailable: 1
              selector:
                matchLabels:
                  app: {proxy.Name}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: {proxy.Name}
              namespace: culvert
            spec:
              scaleTargetRef:
                apiVersion: apps/v1
                kind: Deployment
                name: {proxy.Name}
              minReplicas: {limit.MinMembers}
              maxReplicas: {limit.MaxMembers}
              metrics:
                - type: Resource
                  resource:
                    name: cpu
                    target:
                      type: Utilization
                      averageUtilization: 60
              behavior:
                scaleDown:
                  stabilizationWindowSeconds: 900
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: {proxy.Name}
              namespace: culvert
            spec:
              podSelector:
                matchLabels:
                  app: {proxy.Name}
              policyTypes: [Ingress]
              ingress:
                - ports:
                    - port: {proxy.Port}
                  from:

            """);
        text.AppendJoin("", ProxySources.Of(pool.Site, proxy).Select(s => $"        - ipBlock:\n            cidr: {s}\n"));
        return text.Append(CultureInfo.InvariantCulture, $"    - ports:\n        - port: {health}\n").ToString();
    }
}
