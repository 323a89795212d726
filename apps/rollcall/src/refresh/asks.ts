import type { AnswerNews } from "../answers/news.ts";
import { fieldOf } from "../config/fields.ts";

/** What an object asks for, as far as that can be told; what cannot may be anything. */
export interface Asks {
  readonly list?: string;
  /** None, where it asks for the list as a whole. */
  readonly placement?: AskedPlacement;
  /** A new order alone is to be seen in what it is answered. */
  readonly order: boolean;
}

export interface AskedPlacement {
  readonly by?: "key" | "name";
  readonly value?: string;
  readonly namespace?: string;
}

/** Whether whoever asks for this would be answered otherwise now. */
export function concerns(news: AnswerNews, asks: Asks): boolean {
  if (asks.list !== undefined && asks.list !== news.list) return false;
  if (news.what === "all") return true;
  if (news.what === "order" && !asks.order) return false;
  if (asks.placement === undefined || news.placement === undefined) return asks.placement === undefined && news.placement === undefined;
  const { by, value, namespace } = asks.placement;
  const named = "key" in news.placement ? ({ by: "key", value: news.placement.key } as const) : { by: "name", value: news.placement.name };
  return isOr(by, named.by) && isOr(value, named.value) && isOr(namespace, news.placement.namespace);
}

/** What is not said, on either side, may be the same: a namespace may be left out where there is one alone. */
function isOr(said: string | undefined, is: string | undefined): boolean {
  return said === undefined || is === undefined || said === is;
}

/** A text that stands as it is; in a template another generator fills in what cannot be told here. */
export function plainText(value: unknown, key: string): Readonly<Record<string, string>> {
  const said = fieldOf(value, key);
  return typeof said === "string" && !said.includes("{{") ? { [key]: said } : {};
}
