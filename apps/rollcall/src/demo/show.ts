import { styleText } from "node:util";
import { fromBase64, labels } from "@rollcall/contract";
import type { MemoryHub } from "@rollcall/memory-hub";
import type { KeptList, Status } from "@rollcall/sync";

/** The list as its consumer and its operator see it: one line a cluster. */
export function showList(hub: MemoryHub, list: KeptList): string {
  const secrets = hub.list("Secret", "argocd");
  const ids = new Set([...list.status().keys(), ...secrets.map(({ metadata }) => metadata.annotations?.["rollcall.dev/cluster"] ?? "")]);
  const rows = [...ids].sort().map((id) => {
    const secret = secrets.find(({ metadata }) => metadata.annotations?.["rollcall.dev/cluster"] === id);
    const status = list.status().get(id);
    const server = fromBase64(secret?.data?.["server"] ?? "") ?? "";
    return [
      id,
      secret ? `Secret ${secret.metadata.name}` : "no Secret",
      secret?.metadata.labels?.[labels.state] ?? "-",
      server || "-",
      said(status),
    ];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}

function said(status: Status | undefined): string {
  if (status?.verdict === undefined) return status?.state ?? "";
  const { is, reason, message } = status.verdict;
  return styleText("yellow", `${status.state}, ${is}: ${reason}, ${message.length > 90 ? `${message.slice(0, 89)}…` : message}`);
}

export const heading = (text: string): string => `\n${styleText("bold", text)}\n`;
export const quiet = (text: string): string => `${styleText("dim", `    ${text}`)}\n`;
