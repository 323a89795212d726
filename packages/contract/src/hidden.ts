/** A value that must not be seen: a private field hides it from every printer, it prints and serialises as a placeholder; `reveal` is called where a consumer's object is made. */
export class Hidden<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return "[hidden]";
  }

  toJSON(): string {
    return "[hidden]";
  }
}
