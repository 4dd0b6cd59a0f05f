import type { RequestListener } from "node:http";
import { type AnswerContext, answer, begin } from "./answer.ts";
import { count } from "./counters.ts";
import type { Exchange, Pop } from "./exchange.ts";
import type { Fault, FaultHook } from "./faults.ts";
import { madeUp } from "./find.ts";
import { send } from "./send.ts";

export interface PopHandlerOptions extends AnswerContext {
  /** Which POP's server has a local address. */
  readonly popAt: ReadonlyMap<string, Pop>;
  /** The first server of each POP. */
  readonly popNamed: ReadonlyMap<string, Pop>;
  /** Asked anew for each request, because it may change while the edge runs. */
  readonly faults: () => FaultHook | undefined;
}

/** Answers the requests of every POP. The local address of the connection tells which POP is asked. */
export function popHandler(options: PopHandlerOptions): RequestListener {
  return (request, response) => {
    const address = request.socket.localAddress ?? "";
    const pop = options.popAt.get(address);
    if (!pop) {
      request.socket.destroy(); // The client has left already, so the socket has no address.
      return;
    }
    const { method = "GET", url: path = "/", headers } = request;
    const client = request.socket.remoteAddress ?? "";
    const fault = options.faults()?.({ pop: pop.name, address, client, method, path, headers });
    handle(begin(pop, request, response, options), fault, options);
  };
}

function handle(exchange: Exchange, fault: Fault | undefined, options: PopHandlerOptions): void {
  const { pop, request, response } = exchange;
  if (fault?.kind === "status") {
    send(exchange, madeUp(fault.status, fault.headers), options);
  } else if (fault?.kind === "otherPop") {
    const other = options.popNamed.get(fault.pop) ?? { ...pop, name: fault.pop, answersAs: fault.pop };
    void answer({ ...exchange, pop: other }, options);
  } else if (fault?.kind === "slow") {
    const timer = setTimeout(() => void answer(exchange, options), fault.ms);
    response.once("close", () => clearTimeout(timer));
  } else if (fault?.kind === "held") {
    void fault.until.then(() => (response.destroyed ? undefined : answer(exchange, options)));
  } else if (fault?.kind === "stall" && fault.after === undefined) {
    count(pop.counters, { method: request.method ?? "GET", status: 0, source: "none", bytes: 0 });
  } else {
    void answer(exchange, options, fault);
  }
}
