import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";

/** The compressed form of a text that is asked for many times. */
export interface Gzipped {
  /** It, if it is there; where it is long, the first to ask have it begun and get nothing yet. */
  readonly take: () => Buffer | undefined;
  readonly bytes: () => number;
}

// Below the first nothing is gained by it; up to the second it is done before anybody notices.
const worthIt = 1024;
const short = 32 * 1024;
const level = 6;
const inBackground = promisify(gzip);

/** Compresses a text once, when somebody asks for it, and off the loop where it is long. */
export function gzipped(raw: Buffer, done: () => void): Gzipped {
  let compressed: Buffer | undefined;
  let isBegun = false;
  async function begin(): Promise<void> {
    compressed = await inBackground(raw, { level });
    done();
  }
  return {
    bytes: () => compressed?.length ?? 0,
    take() {
      if (compressed !== undefined || raw.length < worthIt) return compressed;
      if (raw.length <= short) return (compressed = gzipSync(raw, { level }));
      if (!isBegun) begin().catch(() => (isBegun = false));
      isBegun = true;
      return undefined;
    },
  };
}

/** Whether whoever asks can read it compressed. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? "").split(",").some((each) => /^\s*(?:x-)?gzip\s*(?:;\s*q=(?:1(?:\.0*)?|0?\.0*[1-9]\d*)\s*)?$/i.test(each));
}
