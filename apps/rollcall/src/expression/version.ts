import { EvaluationError } from "@marcbachmann/cel-js";

/** A version of Kubernetes as a profile or an expression spells it; read when it is compared, so that an odd one can still be seen. */
export class Version {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

// A vendor's suffix ("-gke.1", "-eks-3f1a", "+k3s1") is no step on the way to a release, unlike these.
const stages = ["alpha", "beta", "rc"];
const shape = /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?(?:-(alpha|beta|rc)[.-]?(\d{1,15})?)?(?:[-+].*)?$/;

/** The numbers of a version, most telling first; what is not said counts as 0. Undefined for what is no version. */
export function readVersion(text: string): readonly number[] | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, major, minor, patch, stage, attempt] = found;
  const release = stage === undefined ? stages.length : stages.indexOf(stage);
  return [Number(major), Number(minor ?? 0), Number(patch ?? 0), release, Number(attempt ?? 0)];
}

/** Below 0 when `a` is older than `b`; an answer that nobody can give is an error, never a guess. */
export function compareVersions(a: Version | string, b: Version | string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const differs = left.findIndex((each, at) => each !== right[at]);
  return differs === -1 ? 0 : left[differs]! - right[differs]!;
}

/** Whether two say the same version. "" means that none is said, which is how an expression asks for that. */
export function sameVersion(a: Version | string, b: Version | string): boolean {
  const [left, right] = [textOf(a), textOf(b)];
  return left === "" || right === "" ? left === right : compareVersions(a, b) === 0;
}

function numbersOf(version: Version | string): readonly number[] {
  const text = textOf(version);
  if (text === "") throw unknown('no version is said; ask first whether it is there, as in: version != ""');
  const numbers = readVersion(text);
  if (numbers === undefined) throw unknown(`${JSON.stringify(text)} is no version such as 1.34 or v1.34.2`);
  return numbers;
}

function textOf(version: Version | string): string {
  return typeof version === "string" ? version : version.text;
}

function unknown(message: string): EvaluationError {
  return new EvaluationError({ code: "unknown_version", message });
}
