import { resolve } from "node:path";
import { z } from "zod";
import { expected } from "./expected.ts";
import { withoutUndefined } from "./fields.ts";
import { namespace, objectName, server, some } from "./names.ts";

const anUrl = expected("a URL such as https://rollcall.example.com");

const argocd = z.strictObject({
  namespaces: some(namespace, "at least one namespace of ApplicationSets").default(["argocd"]),
  configMaps: some(objectName("the name of a plugin's ConfigMap"), "at least one ConfigMap that leads to this service").default([
    "rollcall",
  ]),
});

const flux = z.strictObject({
  ...server,
  namespaces: some(namespace, "at least one namespace of ResourceSetInputProviders"),
  urls: some(z.string(anUrl).regex(/^https?:\/\/[^\s/?#]/, anUrl), "at least one URL of this service, as those who ask write it"),
});

/** Who is told to ask again when what they were answered is no longer so. */
export const refresh = z
  .strictObject({ argocd: argocd.optional(), flux: flux.optional() })
  .refine((said) => said.argocd !== undefined || said.flux !== undefined, expected("argocd, flux or both of them"));

/** What the config says of whom to tell. */
export type RefreshConfig = z.infer<typeof refresh>;

/** The same with its paths as they are from anywhere. */
export function refreshedFrom(folder: string, { flux: to, ...rest }: RefreshConfig): RefreshConfig {
  if (to === undefined) return rest;
  return { ...rest, flux: { ...withoutUndefined(to), ...(to.kubeconfig !== undefined && { kubeconfig: resolve(folder, to.kubeconfig) }) } };
}
