import { styleText } from "node:util";
import { annotations, fromBase64, labels } from "@rollcall/contract";
import type { MemoryHub } from "@rollcall/memory-hub";
import type { KeptList, Status } from "@rollcall/sync";

/** No line is longer, so that a common terminal shows each as one. */
const widest = 120;

/** Draws the list as its consumer and its operator see it, one line a cluster; an arrow shows what is not as it was. */
export function newTable(hub: MemoryHub, list: KeptList): () => string {
  let before = new Map<string, string>();
  return () => {
    const rows = rowsOf(hub, list);
    const widths = [0, 1, 2].map((column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
    const line = (row: Row): string => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    const now = new Map(rows.map((row) => [row[0], row.join(" ")]));
    const lines = rows.flatMap((row) => {
      const isNews = before.size > 0 && before.get(row[0]) !== now.get(row[0]);
      const why = list.status().get(row[0])?.verdict?.message;
      const shown = cut(`  ${isNews ? "→" : " "} ${line(row)}`);
      return [
        isNews ? styleText("bold", shown) : shown,
        ...(why === undefined ? [] : [styleText("yellow", cut(`      ${" ".repeat(widths[0]!)}${why}`))]),
      ];
    });
    before = now;
    return [styleText("dim", `    ${line(head)}`), ...lines, ""].join("\n");
  };
}

type Row = readonly [cluster: string, server: string, label: string, says: string];

const head: Row = ["cluster", "server in Argo CD's Secret", "label", "Rollcall says"];

function rowsOf(hub: MemoryHub, list: KeptList): readonly Row[] {
  const secrets = new Map(hub.list("Secret", "argocd").map((secret) => [secret.metadata.annotations?.[annotations.cluster] ?? "", secret]));
  const profiles = hub.list("ClusterProfile", "fleet").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return [...new Set([...profiles, ...secrets.keys()])].sort().map((id) => {
    const { data, metadata } = secrets.get(id) ?? {};
    return [id, fromBase64(data?.["server"] ?? "") || "-", metadata?.labels?.[labels.state] ?? "-", said(list.status().get(id))];
  });
}

function said(status: Status | undefined): string {
  if (status === undefined) return "not selected";
  const { state, verdict } = status;
  return verdict === undefined ? state : `${state}, ${verdict.is}: ${verdict.reason}`;
}

function cut(line: string): string {
  return line.length > widest ? `${line.slice(0, widest - 1)}…` : line.trimEnd();
}

export const heading = (text: string): string => `\n${styleText("bold", text)}\n`;
export const quiet = (text: string): string => `${styleText("dim", `    ${text}`)}\n`;
