import { resolve } from "node:path";
import { z } from "zod";
import { addressOf, isAddress } from "../listen.ts";
import type { Problem } from "./config.ts";
import { duration } from "./duration.ts";
import { expected } from "./expected.ts";
import { fieldOf, isObject } from "./fields.ts";
import { refresh, refreshedFrom } from "./refresh.ts";

const texts = (what: string): z.ZodType<readonly string[]> =>
  z.array(z.string().min(1), expected(`a list with ${what}`)).min(1, expected(what));
const path = (what: string): z.ZodString => z.string(expected(what)).min(1, expected(what));
const aPrefix = expected("a path such as /rollcall, without a slash at its end");

/** One file with tokens, and what they are good for. */
const token = z.strictObject({
  file: path("the path of a file with a token"),
  lists: texts("at least one list").optional(),
  namespaces: texts("at least one namespace").optional(),
  placements: texts("at least one placement").optional(),
});

/** Where and to whom the lists are answered. */
export const serve = z
  .strictObject({
    listen: z.string().refine(isAddress, expected("host:port, such as 127.0.0.1:8443")).default("127.0.0.1:8443"),
    prefix: z
      .string(aPrefix)
      .regex(/^(\/[A-Za-z0-9._~-]+)+$/, aPrefix)
      .optional(),
    tls: z.strictObject({ cert: path("the path of a certificate"), key: path("the path of its key") }).optional(),
    insecure: z.boolean().default(false),
    tokens: z.array(token, expected("a list with at least one file of tokens")).min(1, expected("at least one file of tokens")),
    maxAge: duration({ least: 1 }).default(600),
    whenHeld: z.enum(["as before", "refuse"]).default("as before"),
    refresh: refresh.optional(),
  })
  .superRefine(
    ({ listen, tls, insecure, tokens }, context) => {
      if (tls === undefined && !insecure && !isLoopback(listen))
        context.addIssue({
          code: "custom",
          path: ["tls"],
          message: `is needed where others can listen in (${listen}); name a certificate and its key, or say insecure: true where the network is yours`,
        });
      tokens.forEach(({ file }, at) => {
        if (tokens.findIndex((each) => each.file === file) !== at)
          context.addIssue({
            code: "custom",
            path: ["tokens", at, "file"],
            message: "is there twice; say once what its tokens are good for",
          });
      });
    },
    { when: ({ value, issues }) => isObject(value) && issues.length === 0 },
  );

/** What the config says of the service. */
export type ServeConfig = z.infer<typeof serve>;

/** Tokens may ask for lists that nobody has: a slip that would be found out by whoever is refused. */
export function unknownLists(said: ServeConfig | undefined, all: readonly unknown[]): readonly Problem[] {
  const names = new Set(all.map((list) => fieldOf(list, "name")));
  const asked = (said?.tokens ?? []).flatMap(({ lists = [] }, token) =>
    lists.map((list, at) => ({ list, path: `serve.tokens[${token}].lists[${at}]` })),
  );
  return asked.flatMap(({ list, path }) =>
    names.has(list) ? [] : [{ path, message: expected("the name of a list of this config").error({ input: list }) }],
  );
}

/** The same with its paths as they are from anywhere. */
export function servedFrom(folder: string, { tokens, tls, refresh: refreshes, ...rest }: ServeConfig): ServeConfig {
  return {
    ...rest,
    ...(tls && { tls: { cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) } }),
    ...(refreshes && { refresh: refreshedFrom(folder, refreshes) }),
    tokens: tokens.map((each) => ({ ...each, file: resolve(folder, each.file) })),
  };
}

/** Whether only this machine can ask there. */
export function isLoopback(listen: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(addressOf(listen).host);
}
