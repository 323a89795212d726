import { refusal, type ClusterId, type Refusal } from "@rollcall/contract";
import type { Connect } from "./logins.ts";

/** So long whoever asks waits for a login, in milliseconds; and when so many wait already, hardly at all. */
const [patience, hardly, manyWait] = [1000, 20, 8];

/**
 * Connects, and keeps nobody waiting for a slow login: they go on with others, and are told when there is an answer. A list has so many
 * hands, and the logins of one tenant would take all of them.
 */
export function patiently(connect: Connect, onNews: (id: ClusterId) => void): Connect {
  let waiting = 0;
  return async (cluster, login, handed) => {
    // Nobody has to be asked for a login that the consumer makes itself, and most lists have no other.
    if (login !== "with a credential from us") return connect(cluster, login, handed);
    const coming = connect(cluster, login, handed);
    waiting += 1;
    const late = Promise.withResolvers<Refusal>();
    const timer = setTimeout(() => late.resolve(isComing), waiting > manyWait ? hardly : patience);
    try {
      const first = await Promise.race([coming, late.promise]);
      if (first === isComing) void coming.finally(() => onNews(cluster.id)).catch(() => undefined);
      return first;
    } finally {
      clearTimeout(timer);
      waiting -= 1;
    }
  };
}

const isComing: Refusal = {
  ...refusal("LoginPending", "its login takes its time; it is looked at again when there is one"),
  pending: true,
};
