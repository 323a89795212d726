/** Lets so many jobs run at once; among those that wait, the one that is due first comes first. */
export interface Turns {
  /** Resolves when it is this one's turn; call what it resolves to when the job is over. Rejects when there will be no more turns. */
  take(due: number): Promise<() => void>;
  close(): void;
}

interface Waiting {
  readonly due: number;
  readonly order: number;
  readonly begin: PromiseWithResolvers<() => void>;
}

export function newTurns(parallel: number): Turns {
  let running = 0;
  let order = 0;
  let isClosed = false;
  let waiting: Waiting[] = [];

  function next(): void {
    while (running < parallel && waiting.length > 0) {
      const first = pop(waiting);
      running += 1;
      let isOver = false;
      first.begin.resolve(() => {
        if (isOver) return;
        isOver = true;
        running -= 1;
        next();
      });
    }
  }

  return {
    take(due) {
      if (isClosed) return Promise.reject(new Error("no more turns are given"));
      const begin = Promise.withResolvers<() => void>();
      push(waiting, { due, order: (order += 1), begin });
      next();
      return begin.promise;
    },
    close() {
      isClosed = true;
      const late = waiting;
      waiting = [];
      late.forEach(({ begin }) => begin.reject(new Error("no more turns are given")));
    },
  };
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
