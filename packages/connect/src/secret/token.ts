/** Whether a text can be sent as a token: it becomes part of a header, and one with a line end in it would become two. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{1,65536}$/.test(text);
}
