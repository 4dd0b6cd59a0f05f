import { ACTIVE_STATES, ENDED_STATES, EVENTS, type State, type Transition } from "../../domain/request/lifecycle.ts";
import { table } from "../markdown-table.ts";

const events: [string, Transition][] = Object.entries(EVENTS);

/** The lifecycle of a request, as docs/architecture.md shows it: a Mermaid diagram, and a table of the events. */
export function lifecyclePart(): string {
  return `\`\`\`mermaid\n${lifecycleDiagram()}\n\`\`\`\n\n${eventsTable()}`;
}

/** The states and events as a Mermaid state diagram. Events that are possible in all active states leave their group. */
export function lifecycleDiagram(): string {
  const arrow = (from: string, to: string, event: string) => `${from} --> ${to}: ${event}`;
  const edges = events.flatMap(([event, { from, to }]) => {
    if (from.length === 0) return [arrow("[*]", to ?? "", event)];
    if (from === ACTIVE_STATES) return [arrow("active", to ?? "", event)];
    if (from === ENDED_STATES) return from.map((state) => arrow(state, "[*]", event));
    return from.map((state) => arrow(state, to ?? state, event));
  });
  const lines = ["stateDiagram-v2", "  state active {", ...ACTIVE_STATES.map((state) => `    ${state}`), "  }"];
  return [...lines, ...edges.map((edge) => `  ${edge}`)].join("\n");
}

function eventsTable(): string {
  const rows = events.map(([event, { from, to, by, follows }]) => [
    event,
    names(from),
    to ?? "the same",
    by.join(", "),
    follows,
  ]);
  return table(["event", "in", "next", "caused by", "what follows"], rows);
}

function names(states: readonly State[]): string {
  if (states === ACTIVE_STATES) return "all active states";
  if (states === ENDED_STATES) return "all other states";
  return states.length === 0 ? "none" : states.join(", ");
}
