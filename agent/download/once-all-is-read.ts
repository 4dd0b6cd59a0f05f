/** Something that goes on later. */
interface Waiting {
  proceed(): void;
}

let waiting: Waiting[] = [];

/**
 * Lets it go on once all that has come from the network by now has been read. `setImmediate` follows a turn in which Node
 * reads what has come; what came after that has been read at the second one. They are for all that wait: to have
 * two for each costs more.
 */
export function onceAllIsRead(it: Waiting): void {
  if (waiting.push(it) === 1) setImmediate(() => setImmediate(proceed));
}

function proceed(): void {
  const all = waiting;
  waiting = [];
  for (const it of all) it.proceed();
}
