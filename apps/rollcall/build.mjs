// Makes the program one file that needs nothing but Node: node build.mjs [FILE]
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// An import of a part of Node asks for every name that it has, and some are made only then: node:http loads all of Node's own fetch,
// 14 MB at every start. Asked for like this, a name costs what it costs when it is used.
const ofNode = /^node:/;

// undici as a whole loads fetch, caches and mocks: another 14 MB. What is missing here fails the build by its name.
const undici = (path) => JSON.stringify(createRequire(here("../../packages/kube/src/index.ts")).resolve(`undici/lib/${path}`));
const leanUndici = `
import Dispatcher from ${undici("dispatcher/dispatcher.js")};
import api from ${undici("api/index.js")};
Object.assign(Dispatcher.prototype, api);
export { default as Agent } from ${undici("dispatcher/agent.js")};
export { default as Pool } from ${undici("dispatcher/pool.js")};
export { default as ProxyAgent } from ${undici("dispatcher/proxy-agent.js")};
`;

const lean = {
  name: "lean",
  resolveId: (id, importer) => (id === "undici" || (ofNode.test(id) && importer?.endsWith(".ts")) ? `\0${id}` : undefined),
  load(id) {
    if (id === "\0undici") return leanUndici;
    return id.startsWith("\0node:") ? `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});` : undefined;
  },
};

const bundle = await rolldown({
  input: here("src/main.ts"),
  platform: "node",
  // Large, and needed for few ways to log in; whoever needs it installs it beside this file.
  external: ["@kubernetes/client-node"],
  plugins: [lean],
  // From source, so that it is never made of what an earlier build left.
  resolve: { conditionNames: ["@rollcall/source", "import", "node", "default"] },
  onLog(level, log) {
    if (level === "warn") throw new Error(`the bundle would not be whole: ${log.message}`);
  },
});
await bundle.write({
  file: process.argv[2] ?? here("dist/rollcall.js"),
  format: "esm",
  sourcemap: true,
  // One file: what is imported only when needed is still evaluated only then.
  codeSplitting: false,
  minify: false,
  comments: { legal: true, annotation: false, jsdoc: false },
  // One character beyond would make V8 keep the whole text at two bytes each.
  charset: "ascii",
});
await bundle.close();
