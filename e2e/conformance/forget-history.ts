import { processes } from "../control-plane/src/folder.ts";

/** Makes etcd forget all that was, as a real server lets it do every five minutes. */
export async function forgetHistory(apiServer: string): Promise<void> {
  const etcd = etcdOf(apiServer);
  const { header } = await ask(`${etcd}/v3/kv/range`, { key: "YQ==" });
  await ask(`${etcd}/v3/kv/compaction`, { revision: header.revision, physical: true });
}

/** The etcd behind an API server, which only its command line tells. */
function etcdOf(apiServer: string): string {
  const { port } = new URL(apiServer);
  const server = processes().find(({ command }) => command.includes(`--secure-port=${port} `));
  const [, etcd] = /--etcd-servers=(\S+)/.exec(server?.command ?? "") ?? [];
  if (etcd === undefined) throw new Error(`no kube-apiserver runs at ${apiServer}, so its etcd cannot be found; start it first`);
  return etcd;
}

async function ask(url: string, body: object): Promise<{ readonly header: { readonly revision: string } }> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`etcd at ${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { readonly header: { readonly revision: string } };
}
