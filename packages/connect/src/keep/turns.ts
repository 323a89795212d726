/**
 * Lets so many jobs run at once. Among those that wait, all that are due within a minute go before the others. Then whoever has the fewest
 * running has the next turn, so that slow jobs of one take it from nobody else; and of one's own, the job that is due first comes first.
 */
export interface Turns {
  /** Resolves when it is this one's turn; call what it resolves to when the job is over. Rejects when there will be no more turns. */
  take(whose: string, due: number): Promise<() => void>;
  close(): void;
}

/** What is due within so many milliseconds is urgent. */
export const urgent = 60_000;

interface Waiting {
  readonly due: number;
  readonly order: number;
  readonly begin: PromiseWithResolvers<() => void>;
}

/** The jobs of one. */
interface Line {
  readonly waiting: Waiting[];
  running: number;
  /** When it had its last turn, counted in turns. */
  last: number;
}

export function newTurns(parallel: number, now: () => number): Turns {
  const lines = new Map<string, Line>();
  let [running, order, given, isClosed] = [0, 0, 0, false];

  function next(): void {
    while (running < parallel) {
      const whose = nextLine();
      if (whose === undefined) return;
      const line = lines.get(whose)!;
      running += 1;
      line.running += 1;
      line.last = given += 1;
      let isOver = false;
      pop(line.waiting).begin.resolve(() => {
        if (isOver) return;
        isOver = true;
        running -= 1;
        line.running -= 1;
        if (line.running === 0 && line.waiting.length === 0) lines.delete(whose);
        next();
      });
    }
  }

  function nextLine(): string | undefined {
    const soon = now() + urgent;
    let first: string | undefined;
    for (const [whose, line] of lines)
      if (line.waiting.length > 0 && (first === undefined || goesFirst(line, lines.get(first)!, soon))) first = whose;
    return first;
  }

  return {
    take(whose, due) {
      if (isClosed) return Promise.reject(new Error("no more turns are given"));
      const begin = Promise.withResolvers<() => void>();
      const line = lines.get(whose) ?? { waiting: [], running: 0, last: 0 };
      lines.set(whose, line);
      push(line.waiting, { due, order: (order += 1), begin });
      next();
      return begin.promise;
    },
    close() {
      isClosed = true;
      const late = [...lines.values()].flatMap(({ waiting }) => waiting.splice(0));
      late.forEach(({ begin }) => begin.reject(new Error("no more turns are given")));
    },
  };
}

function goesFirst(a: Line, b: Line, soon: number): boolean {
  const [aIsLater, bIsLater] = [a, b].map(({ waiting }) => waiting[0]!.due > soon);
  if (aIsLater !== bIsLater) return bIsLater!;
  return a.running < b.running || (a.running === b.running && a.last < b.last);
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

/** A binary heap: ten thousand may wait at once. */
function push(heap: Waiting[], item: Waiting): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at]!, heap[parent]!)) return;
    [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
    at = parent;
  }
}

function pop(heap: Waiting[]): Waiting {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  heap[0] = last;
  for (let at = 0; ;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let least = at;
    if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
    if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
    if (least === at) return first;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
}
