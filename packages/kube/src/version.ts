/** Whether one resourceVersion is newer than another; they are whole numbers that may outgrow a double. */
export function isNewer(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}
