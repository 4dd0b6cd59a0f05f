import { messageFor, runAgent } from "./agent-run.ts";
import { type Server, SMALL_BYTES } from "./nginx.ts";
import { urlOf } from "./requests.ts";
import { median, readable } from "./statistics.ts";

/** One way to run the agent. */
export interface Setting {
  readonly client: "its own" | "undici";
  /** `edge`: each task is asked for twice, at a server that answers with hits. */
  readonly verify: "off" | "edge";
  readonly node: { readonly program: string; readonly version: string };
  readonly urlsPerMessage: number;
  readonly tasks: number;
}

/** Of a task. */
interface Cost {
  readonly cpuMicros: number;
  readonly rate: number;
  readonly peakMB: number;
  readonly calls: number;
}

/** What the agent costs in some settings, which run in turn: what disturbs the machine disturbs all of them. */
export class AgentCosts {
  private readonly costs = new Map<string, Cost[]>();

  /** @param bundles of the agent, by its client */
  constructor(
    private readonly bundles: Readonly<Record<Setting["client"], string>>,
    private readonly server: Server,
    private readonly say: (line: string) => void,
  ) {}

  async round(settings: readonly Setting[]): Promise<void> {
    for (const setting of settings) {
      const cost = await this.costOf(setting);
      const name = named(setting);
      this.costs.set(name, [...this.of(setting), cost]);
      this.say(
        `  ${name}: ${readable(cost.cpuMicros)} µs CPU a task, ${readable(cost.rate)}/s, ${readable(cost.peakMB)} MB`,
      );
    }
  }

  has(setting: Setting): boolean {
    return this.costs.has(named(setting));
  }

  median(what: keyof Cost, setting: Setting): number {
    return median(this.of(setting).map((cost) => cost[what]));
  }

  /** The median of the CPU, and between what it was: a machine that others share moves it by half. */
  range(setting: Setting): string {
    const each = this.of(setting).map(({ cpuMicros }) => cpuMicros);
    return `${readable(median(each))} µs (${readable(Math.min(...each))} to ${readable(Math.max(...each))})`;
  }

  /** CPU of one ÷ that of the other in the same round, median. */
  ratio(one: Setting, other: Setting): number {
    const others = this.of(other);
    return median(this.of(one).map(({ cpuMicros }, round) => cpuMicros / (others[round]?.cpuMicros ?? Number.NaN)));
  }

  private of(setting: Setting): readonly Cost[] {
    return this.costs.get(named(setting)) ?? [];
  }

  private async costOf({ client, verify, node, urlsPerMessage, tasks }: Setting): Promise<Cost> {
    const { addresses } = this.server;
    const folder = verify === "edge" ? "hit" : "assets";
    const urls = Array.from({ length: urlsPerMessage }, (_, i) => ({ url: urlOf(i, folder), bytes: SMALL_BYTES }));
    const messages = addresses.map((address, pop) => messageFor(address, pop, urls, verify));
    const copies = Math.round(tasks / messages.length / urlsPerMessage);
    const whole = messages.length * copies * urlsPerMessage;
    const load = { messages, copies, tasks: whole };
    const how = { bundle: this.bundles[client], node: node.program, server: this.server };
    const { cpuMicros, seconds, peakMB, awsCalls } = await runAgent({ ...how, ...load });
    return { cpuMicros: cpuMicros / whole, rate: whole / seconds, peakMB, calls: awsCalls / whole };
  }
}

function named({ client, verify, node, urlsPerMessage, tasks }: Setting): string {
  return `${client}, verify: ${verify}, Node ${node.version}, ${urlsPerMessage} URLs a message, ${readable(tasks)} tasks`;
}
