import type { ComponentChildren } from "preact";
import type { Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Engine } from "../report/report.ts";
import { useReader } from "../session/reader.ts";

export interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly children?: ComponentChildren;
}

interface FactsProps extends Engine {
  readonly request: Progress;
  readonly now: number;
}

/** Six facts, in the same places from the beginning to the end. */
export function Facts({ request, now, engine }: FactsProps) {
  const { formats } = useReader();
  const { downloaded, results, rate, time, instances, when } = useFacts(request, now, engine);
  return (
    <dl class="facts">
      <Fact {...downloaded}>
        {downloaded.children} · {formats.percent(request.percentage_complete)}
      </Fact>
      {[results, rate, time, instances, when].map((fact) => (
        <Fact key={fact.name} {...fact} />
      ))}
    </dl>
  );
}

/** What the facts are called and come to. They have other names once the request has ended. */
export function useFacts(request: Progress, now: number, engine?: Engine["engine"]) {
  const { say, formats } = useReader();
  const ended = isTerminal(request.status);
  const at = (text: string) => parseTimestamp(text);
  const [sentAt, endedAt] = [at(request.created_at), at(request.last_update_time)];
  const took = Math.max(1_000, endedAt - sentAt);
  const left = request.estimated_finish_at === null ? undefined : at(request.estimated_finish_at) - now;
  const done = formats.figure(request.download_size + request.in_progress_size);
  const total = formats.figure(request.total_size);
  const speed = formats.figure(ended ? (request.download_size * 1_000) / took : request.bytes_per_second);
  const when = ended ? endedAt : sentAt;
  const wanted = formats.count(request.instance_count);
  return {
    downloaded: {
      name: say("downloaded"),
      value: done.value,
      children: `${done.unit === total.unit ? "" : `${done.unit} `}${say("of", { total: `${total.value} ${total.unit}` })}`,
    },
    results: {
      name: say("results"),
      value: formats.count(request.download_count),
      children: say("of", { total: request.total_count }),
    },
    rate: { name: say(ended ? "meanRate" : "rate"), value: speed.value, children: `${speed.unit}/s` },
    time: ended
      ? { name: say("took"), value: formats.span(took) }
      : { name: say("timeLeft"), value: left === undefined ? "–" : formats.span(Math.max(0, left)) },
    instances:
      engine === "direct"
        ? { name: say("engine"), value: say("engineDirect"), children: say("engineDirectSays") }
        : ended
          ? { name: say("instances"), value: wanted, children: say("atMost") }
          : {
              name: say("instancesAtWork"),
              value: formats.count(request.instances_at_work),
              children: say("of", { total: wanted }),
            },
    when: {
      name: say(ended ? (request.status === "FINISHED" ? "finished" : "ended") : "sent"),
      value: formats.clock(when),
      children: formats.utc(when),
    },
  } satisfies Readonly<Record<string, FactProps>>;
}

export function Fact({ name, value, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong> <span>{children}</span>
      </dd>
    </div>
  );
}
