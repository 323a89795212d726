import { createServer as plainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as secureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { json } from "node:stream/consumers";
import { faultPlan, type ProxiedRequest, type ProxyRule } from "./fault-plan.ts";
import { breakOff } from "./proxy-answer.ts";
import { loopbackCertificate } from "./proxy-certificate.ts";
import { ask, type ProxyTarget } from "./proxy-pass.ts";
import { recordOf, type Recorded } from "./proxy-record.ts";
import { serve, type SeenRequest, type Serving } from "./proxy-serve.ts";

/** A proxy before an API server that can go wrong on demand. */
export interface Proxy {
  /** Where clients connect. */
  readonly url: string;
  /** PEM that clients trust it by, when it speaks TLS. */
  readonly ca?: string;
  /** Adds a rule, of which the first that fits decides; the answer takes it away again. */
  readonly rule: (rule: ProxyRule) => () => void;
  /** Every request so far, in order. */
  readonly requests: readonly SeenRequest[];
  /** Breaks every connection that is open now, watches too. */
  readonly closeAll: () => void;
  /** Lets nothing through any more on the connections that are open now, or on those whose last request is meant, and keeps them open: nobody hears of their end. */
  readonly fallSilent: (when?: (last: ProxiedRequest) => boolean) => void;
  /** Records every collection that was read through it so far; from then on it answers reads of them as a server that lags behind. Writes pass. */
  readonly freeze: () => Promise<void>;
  /** Ends what `freeze` began: open watches hear what they missed. */
  readonly thaw: () => void;
  readonly stop: () => Promise<void>;
}

export interface ProxyOptions extends ProxyTarget {
  /** Speaks TLS to its clients. */
  readonly tls?: boolean;
}

/** Starts a proxy on a free port; everything passes through as it comes, until a rule says otherwise. */
export async function startProxy({ tls, ...to }: ProxyOptions): Promise<Proxy> {
  const serving: Serving = { to, plan: faultPlan(), requests: [], silent: new WeakSet(), last: new WeakMap(), readers: new Map() };
  const sockets = new Set<Socket>();
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(serving, incoming, response).catch(() => {
      // What breaks behind the proxy breaks before it too, as if there were none.
      if (!serving.silent.has(incoming.socket)) breakOff(response);
    });
  };

  const own = tls ? loopbackCertificate() : undefined;
  const server = own ? secureServer({ cert: own.certificate, key: own.key }, handle) : plainServer(handle);
  server.on(own ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A connection that is closed just when a client uses it again would be a fault that nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));

  const thaw = (): void => {
    serving.record?.end();
    delete serving.record;
  };
  return {
    url: `${own ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...(own && { ca: own.certificate }),
    requests: serving.requests,
    rule: (rule) => serving.plan.add(rule),
    closeAll: () => server.closeAllConnections(),
    fallSilent(when) {
      for (const socket of sockets) {
        const last = serving.last.get(socket);
        if (when === undefined || (last !== undefined && when(last))) serving.silent.add(socket);
      }
    },
    async freeze() {
      const collections = [...serving.readers].map(async ([path, as]) => [path, await recorded(path, as, to)] as const);
      serving.record = recordOf(new Map(await Promise.all(collections)));
    },
    thaw,
    async stop() {
      thaw();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function recorded(path: string, authorization: string | undefined, to: ProxyTarget): Promise<Recorded> {
  const headers = { accept: "application/json", ...(authorization !== undefined && { authorization }) };
  const answer = await ask(to, { method: "GET", url: path, headers, body: Buffer.alloc(0) }, AbortSignal.timeout(10_000));
  if (answer.statusCode === 200) return (await json(answer)) as Recorded;
  throw new Error(
    `the proxy cannot record ${path}: its target answered ${answer.statusCode}; whoever read it has to have the right to list it`,
  );
}
