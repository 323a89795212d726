import { foreignAnswer, isApiError } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** The first of these versions of a group in which the server has a kind of this plural; undefined when it has it in none. To be remembered by whoever asks. */
export async function servedVersion(
  transport: Transport,
  group: string,
  plural: string,
  preferences: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const version of preferences) {
    const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    if ((await resources(transport, path, signal)).includes(plural)) return version;
  }
  return undefined;
}

/** The plurals of a group's version; none when the server does not have it, which it says with a 404 of any form. */
async function resources(transport: Transport, path: string, signal?: AbortSignal): Promise<readonly unknown[]> {
  try {
    const answer = (await transport.call({ method: "GET", path, signal })) as { kind?: unknown; resources?: unknown };
    if (answer.kind === "APIResourceList" && Array.isArray(answer.resources))
      return answer.resources.map((each: { readonly name?: unknown } | null) => each?.name);
    throw foreignAnswer(`GET ${path}`, "it is no APIResourceList");
  } catch (error) {
    if (isApiError(error, 404)) return [];
    throw error;
  }
}
