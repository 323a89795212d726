import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fleet, type Answering, type AnsweringProgram } from "../src/answering.ts";
import { onTheWire, type Heard } from "../src/asking.ts";
import { chooseFirst } from "../src/decisions.ts";
import { load, type Loaded, type Repeated } from "../src/load.ts";
import { memoryOf } from "../src/proc.ts";
import { launch, type Subject } from "../src/subject.ts";
import type { Tools } from "../src/tools.ts";

/** Case e: what is asked of the plugin route. */
export interface Questions {
  readonly n: number;
  /** Bytes of the answer, as it is and compressed. */
  readonly bytes: { readonly plain: number; readonly gzip: number };
  /** One for each start of the program. */
  readonly first: readonly First[];
  /** The same question again and again; paired, minutes apart at most. */
  readonly repeated: readonly { readonly floor: Repeated; readonly ours: Repeated }[];
  readonly minute: Minute;
}

/** The first answers for placements that name all clusters. */
interface First {
  /** Nobody has asked anything since the start. */
  readonly cold: Fresh;
  /** Another one at once: what the clusters say of themselves is rendered by now. */
  readonly warm: Fresh;
}

/** Milliseconds. */
interface Fresh {
  /** Until the answer began, all of which is made by then. */
  readonly head: number;
  /** Until its last byte was read. */
  readonly all: number;
  /** The longest that the loop stood still meanwhile. */
  readonly block: number;
}

/** A minute of questions as fast as they are answered. Megabytes, and the longest that the loop stood still. */
interface Minute extends Pick<Loaded, "answers" | "odd" | "plain" | "wrong"> {
  readonly before: number;
  readonly samples: readonly number[];
  readonly block: number;
}

export interface QuestionsInput {
  readonly tools: Tools;
  readonly repeats: number;
  /** Seconds of one run of questions, and of the long one. */
  readonly seconds: number;
  readonly long: number;
}

export async function questions(answering: Answering, { tools, repeats, seconds, long }: QuestionsInput): Promise<Questions> {
  const { rig, n, token } = answering;
  const starts = Math.min(repeats, 5);
  const keys = Array.from({ length: 2 * starts }, (_, at) => `all-${at}`);
  for (const key of keys) await chooseFirst(rig.plane, fleet, key, n);

  const first: First[] = [];
  let program = await answering.start();
  for (let at = 0; at < starts; at += 1) {
    if (at > 0) program = await restarted(answering, program);
    // Decisions settle, and garbage of the start is collected.
    await sleep(4000);
    first.push(await firstAnswers(program, keys[2 * at]!, keys[2 * at + 1]!));
  }

  const question = { list: "argocd", placement: { key: keys.at(-1) } };
  const plain = await answered(program, question);
  const packed = await compressed(program, question);
  const file = join(rig.plane.dir, "answer.gz");
  await writeFile(file, packed.body);
  const floor = launch(
    [process.execPath, tools.scripts["floor-answers"], JSON.stringify({ body: file, headers: likeOurs(packed) })],
    ["answering"],
  );
  try {
    const { url } = await floor.says("answering");
    const askAt = (subject: Subject, at: string) => (during: number) =>
      load(subject, {
        script: tools.scripts.asker,
        isPinned: rig.isPinned,
        port: Number(new URL(at).port),
        request: onTheWire(at, token, question),
        seconds: during,
      });
    const [askFloor, askOurs] = [askAt(floor, url!), askAt(program.subject, program.url)];
    for (const ask of [askFloor, askOurs]) await ask(2);
    const repeated: { floor: Repeated; ours: Repeated }[] = [];
    for (let turn = 0; turn < Math.max(5, repeats); turn += 1) {
      if (turn % 2 === 0) repeated.push({ floor: await askFloor(seconds), ours: await askOurs(seconds) });
      else {
        const ours = await askOurs(seconds);
        repeated.push({ floor: await askFloor(seconds), ours });
      }
    }
    const minute = await aLongTime(program, askOurs, long);
    return { n, bytes: { plain: plain.body.length, gzip: packed.body.length }, first, repeated, minute };
  } finally {
    await floor.stop();
    await program.stop();
  }
}

async function restarted(answering: Answering, before: AnsweringProgram): Promise<AnsweringProgram> {
  await before.stop();
  return answering.start();
}

async function firstAnswers(program: AnsweringProgram, coldKey: string, warmKey: string): Promise<First> {
  // The connection is there, and whoever asks has asked before; the list was not.
  for (let at = 0; at < 20; at += 1) await program.ask({ list: "none" });
  const one = async (key: string): Promise<Fresh> => {
    await program.loop();
    const { milliseconds, head } = await answered(program, { list: "argocd", placement: { key } });
    await sleep(50);
    const { max } = await program.loop();
    return { head, all: milliseconds, block: max! };
  };
  const cold = await one(coldKey);
  // What is said softly comes to rest: compressing, and the roll.
  await sleep(500);
  return { cold, warm: await one(warmKey) };
}

async function answered(program: AnsweringProgram, question: object): Promise<Heard> {
  const heard = await program.ask(question);
  if (heard.status !== 200) throw new Error(`${JSON.stringify(question)} was answered with ${heard.status}: ${heard.body.toString()}`);
  return heard;
}

/** Long answers are compressed beside the work; whoever asks before gets them as they are. */
async function compressed(program: AnsweringProgram, question: object): Promise<Heard> {
  for (;;) {
    const heard = await program.ask(question, "gzip");
    if (heard.headers["content-encoding"] === "gzip") return heard;
    await sleep(50);
  }
}

/** The headers that are not about the connection: the floor sends as many bytes as we do. */
function likeOurs({ headers }: Heard): object {
  const own = new Set(["date", "connection", "keep-alive", "content-length"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}

async function aLongTime(program: AnsweringProgram, ask: (seconds: number) => Promise<Loaded>, seconds: number): Promise<Minute> {
  const rss = (): number => memoryOf(program.subject.pid).rss;
  await sleep(2000);
  const before = rss();
  const samples: number[] = [];
  await program.loop();
  const sampling = setInterval(() => samples.push(rss()), 1000);
  const { wrong, odd, plain, answers } = await ask(seconds);
  clearInterval(sampling);
  const { max } = await program.loop();
  return { before, samples, wrong, odd, plain, answers, block: max! };
}
