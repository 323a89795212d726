import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { following, type Following } from "./cases/following.ts";
import { questions, type Questions } from "./cases/questions.ts";
import { prepareAnswering } from "./src/answering.ts";
import { planOf, usage, type Plan } from "./src/arguments.ts";
import { bestFloor, invalid, measureBlock, type Block } from "./src/blocks.ts";
import { ours, stock } from "./src/contender.ts";
import { countRequests, type Counts } from "./src/counts.ts";
import { reportFollowing, reportQuestions } from "./src/report-answers.ts";
import { report } from "./src/report.ts";
import { startRig } from "./src/rig.ts";
import { makeTools, type Tools } from "./src/tools.ts";

/** Cases of a list alone; the others are about what is answered. */
const listCases = ["a", "b2", "b3", "c", "d", "g"] as const;

const plan = planOf(process.argv.slice(2));
if (plan === undefined) process.stdout.write(usage);
else await bench(plan);

async function bench(plan: Plan): Promise<void> {
  if (!existsSync("/proc/self/schedstat")) throw new Error("the bench reads processor time from /proc, so it needs Linux");
  const results = resultsFolder();
  const flags = plan.profile ? ["--cpu-prof", "--cpu-prof-interval=200", `--cpu-prof-dir=${results}`] : [];
  const tools = await makeTools();
  if (tools.go === undefined) say("there is no Go here, so the floor is Node's alone");

  const keep = (what: string, runs: object): void =>
    writeFileSync(join(results, what), `${JSON.stringify({ node: process.version, ...runs }, undefined, 1)}\n`);
  if (listCases.some((each) => plan.cases.has(each))) await benchLists({ plan, tools, flags, keep });
  if (plan.cases.has("e") || plan.cases.has("i")) await benchAnswers({ plan, tools, flags, keep });
  say(`every single number is in ${results}`);
}

interface Bench {
  readonly plan: Plan;
  readonly tools: Tools;
  readonly flags: readonly string[];
  readonly keep: (what: string, runs: object) => void;
}

async function benchLists({ plan, tools, flags, keep }: Bench): Promise<void> {
  const counts = await countAll(plan, tools);
  const blocks: Block[] = [];
  // Sizes take turns too: what happens to the machine in an hour happens to all of them.
  for (let turn = 0; turn < plan.repeats * 1.5; turn += 1) {
    for (const n of plan.sizes) {
      if (validOf(blocks, n) >= plan.repeats) continue;
      say(`block ${turn} with ${n} clusters`);
      blocks.push(await measureBlock({ n, turn, plan, tools, flags }));
      keep("runs.json", { counts, blocks });
    }
  }
  for (const n of plan.sizes)
    process.stdout.write(
      `\n${report(
        n,
        blocks.filter((block) => block.n === n),
        plan.cases,
      )}`,
    );
}

/** One fleet of each size, and one list that stands, for all that is asked about it. */
async function benchAnswers({ plan, tools, flags, keep }: Bench): Promise<void> {
  const asked: Questions[] = [];
  const followed: Following[] = [];
  // Fewer clusters make answers that are too short to say anything.
  for (const n of plan.sizes.filter((size) => size >= 1000)) {
    say(`answers about ${n} clusters`);
    const answering = await prepareAnswering(n, tools, flags);
    try {
      if (plan.cases.has("i")) {
        const run = await following(answering, plan.changes);
        followed.push(run);
        process.stdout.write(`\n${reportFollowing(run)}`);
      }
      if (plan.cases.has("e")) {
        const run = await questions(answering, { tools, repeats: plan.repeats, seconds: 3, long: plan.long });
        asked.push(run);
        process.stdout.write(`\n${reportQuestions(run)}`);
      }
    } finally {
      await answering.stop();
      keep("answers.json", { asked, followed });
    }
  }
}

function validOf(blocks: readonly Block[], size: number): number {
  const of = blocks.filter(({ n }) => n === size);
  return of.length === 0 ? 0 : of.length - invalid(of, bestFloor(of)).size;
}

async function countAll(plan: Plan, { program, scripts }: Tools): Promise<Record<string, Counts>> {
  const rig = await startRig({ audit: true });
  const counts: Record<string, Counts> = {};
  try {
    for (const contender of [ours(program), stock(scripts.stock)]) {
      const n = Math.min(...plan.sizes);
      const counted = await countRequests(rig.plane, contender, n);
      counts[contender.name] = counted;
      process.stdout.write(`\n## What ${contender.name} asked of the server, ${n} clusters\n\n`);
      for (const each of ["cold", "restart", "churn"] as const) {
        const moved = each === "churn" ? ` (${n} heartbeats, then ${counted.moved} clusters moved)` : "";
        process.stdout.write(`- ${each}${moved}: ${words(counted[each])}\n`);
      }
    }
  } finally {
    await rig.stop();
  }
  return counts;
}

function words(tally: Readonly<Record<string, number>>): string {
  return Object.entries(tally)
    .map(([what, count]) => `${count} × ${what}`)
    .join(", ");
}

function resultsFolder(): string {
  const name = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = fileURLToPath(new URL(`results/${name}`, import.meta.url));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
