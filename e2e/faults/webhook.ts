import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { toBase64, type KubeObject } from "@rollcall/contract";
import { loopbackCertificate } from "@rollcall/testing";
import type { ControlPlane } from "../control-plane/src/index.ts";

/** What an admission webhook says of a Secret: a denial in words, or JSON patches to it; none lets it pass as it is. */
export type Verdict = string | readonly { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }[];

interface Review {
  readonly request: { readonly uid: string; readonly object: KubeObject };
}

/** Has an admission webhook judge every Secret that is written in a namespace, until it is disposed of. */
export async function judgeSecrets(
  plane: ControlPlane,
  namespace: string,
  judge: (secret: KubeObject) => Verdict,
): Promise<AsyncDisposable> {
  const { certificate, key } = loopbackCertificate();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void (async () => {
      const { uid, object } = ((await json(request)) as Review).request;
      const verdict = judge(object);
      const said =
        typeof verdict === "string"
          ? { allowed: false, status: { code: 403, message: verdict } }
          : { allowed: true, patchType: "JSONPatch", patch: toBase64(JSON.stringify(verdict)) };
      const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid, ...said } };
      response.setHeader("content-type", "application/json").end(JSON.stringify(review));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kind = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" };
  const webhook = {
    name: "secrets.example.test",
    clientConfig: { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, caBundle: toBase64(certificate) },
    rules: [{ operations: ["CREATE", "UPDATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["secrets"] }],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  };
  await plane.apply({ ...kind, metadata: { name: namespace }, webhooks: [webhook] });
  return {
    async [Symbol.asyncDispose]() {
      await plane.remove(kind, undefined, namespace);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
