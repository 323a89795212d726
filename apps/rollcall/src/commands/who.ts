import { userInfo } from "node:os";
import type { Transport } from "@rollcall/kube";

const apiVersion = "authentication.k8s.io/v1";

/** Who gives an order: who the server says they are, else the account of this machine. */
export async function whoAmI(transport: Pick<Transport, "call">): Promise<string | undefined> {
  try {
    const path = `/apis/${apiVersion}/selfsubjectreviews`;
    const said = (await transport.call({ method: "POST", path, body: { apiVersion, kind: "SelfSubjectReview" } })) as Said;
    return said.status?.userInfo?.username || account();
  } catch {
    return account();
  }
}

interface Said {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

/** An account without a name, as in many containers, gives none. */
function account(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
