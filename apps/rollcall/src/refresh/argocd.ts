import { fieldOf } from "../config/fields.ts";
import { plainText, type AskedPlacement, type Asks } from "./asks.ts";
import type { Consumer } from "./consumer.ts";

export const applicationSets = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", plural: "applicationsets" } as const;

/** Argo CD's ApplicationSets that ask by way of these ConfigMaps. Its controller takes the annotation off again once it has asked and all went well. */
export function argocd(configMaps: readonly string[]): Consumer {
  return {
    kind: applicationSets,
    annotation: "argocd.argoproj.io/application-set-refresh",
    asks: (object) => generatorsIn(fieldOf(object, "spec")).flatMap((generator) => questions(generator, configMaps)),
  };
}

function questions(generator: unknown, configMaps: readonly string[]): readonly Asks[] {
  const nested = ["matrix", "merge"].flatMap((key) => generatorsIn(fieldOf(generator, key)));
  const plugin = fieldOf(generator, "plugin");
  const configMap = fieldOf(fieldOf(plugin, "configMapRef"), "name");
  const own = configMaps.some((name) => name === configMap) ? [asksOf(fieldOf(fieldOf(plugin, "input"), "parameters"))] : [];
  return [...own, ...nested.flatMap((each) => questions(each, configMaps))];
}

function asksOf(parameters: unknown): Asks {
  const placement = placementOf(fieldOf(parameters, "placement"));
  return { ...plainText(parameters, "list"), ...(placement && { placement }), order: true };
}

function placementOf(said: unknown): AskedPlacement | undefined {
  if (said === undefined) return undefined;
  const by = (["key", "name"] as const).find((each) => fieldOf(said, each) !== undefined);
  const value = by && plainText(said, by)[by];
  return { ...(by && { by }), ...(value !== undefined && { value }), ...plainText(said, "namespace") };
}

function generatorsIn(value: unknown): readonly unknown[] {
  const generators = fieldOf(value, "generators");
  return Array.isArray(generators) ? (generators as readonly unknown[]) : [];
}
