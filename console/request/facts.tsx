import type { ComponentChildren } from "preact";
import type { Progress } from "../../client/answers.ts";
import { completeOf } from "../../domain/readiness/task-states.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Engine } from "../report/report.ts";
import { useReader } from "../session/reader.ts";

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly children?: ComponentChildren;
}

interface FactsProps extends Engine {
  readonly request: Progress;
}

/** Six facts, in the same places from the beginning to the end. */
export function Facts({ request, engine }: FactsProps) {
  const { formats } = useReader();
  const { downloaded, results, rate, time, instances, when } = useFacts(request, engine);
  const { percent, of } = completeOf(request);
  const counted = of === "bytes" ? downloaded : results;
  return (
    <dl class="facts">
      {[downloaded, results, rate, time, instances, when].map((fact: FactProps) => (
        <Fact key={fact.name} {...fact}>
          {fact.children}
          {fact !== counted || request.total_count === 0 ? null : ` · ${formats.percent(percent)}`}
        </Fact>
      ))}
    </dl>
  );
}

/** What the facts are called and come to. They have other names once the request has ended. */
function useFacts(request: Progress, engine?: Engine["engine"]) {
  const { say, formats } = useReader();
  const ended = isTerminal(request.status);
  const at = (text: string) => parseTimestamp(text);
  const [sentAt, endedAt] = [at(request.created_at), at(request.last_update_time)];
  const took = Math.max(1_000, endedAt - sentAt);
  const isPaused = request.instance_count === 0;
  const finish = isPaused ? null : request.estimated_finish_at;
  const [bytes, ofBytes] = [request.download_size + request.in_progress_size, request.total_size];
  const [done, total] = [formats.figure(bytes), formats.figure(ofBytes)];
  const speed = ended ? (request.download_size * 1_000) / took : request.bytes_per_second;
  // Between two measurements, and before the first, the API says 0.
  const rate = speed > 0 ? formats.figure(speed) : undefined;
  const when = ended ? endedAt : sentAt;
  const wanted = formats.count(request.instance_count);
  return {
    downloaded:
      bytes + ofBytes === 0
        ? { name: say("downloaded"), value: NOT_MEASURED, children: "" }
        : {
            name: say("downloaded"),
            value: done.value,
            children: [
              ...(done.unit === total.unit ? [] : [done.unit]),
              ...(ofBytes === 0 ? [] : [say("of", { total: `${total.value} ${total.unit}` })]),
            ].join(" "),
          },
    results:
      request.total_count === 0
        ? { name: say("results"), value: NOT_MEASURED, children: "" }
        : {
            name: say("results"),
            value: formats.count(request.download_count),
            children: say("of", { total: request.total_count }),
          },
    rate: {
      name: say(ended ? "meanRate" : "rate"),
      value: rate?.value ?? NOT_MEASURED,
      children: rate === undefined ? "" : `${rate.unit}/s`,
    },
    time: ended
      ? { name: say("took"), value: formats.span(took) }
      : {
          name: say("timeLeft"),
          value: finish === null ? NOT_MEASURED : formats.left(at(finish) - at(request.timestamp)),
        },
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
      children: formats.besideClock(when),
    },
  } satisfies Readonly<Record<string, FactProps>>;
}

/** In the place of a figure that nobody has measured. It is not zero. */
export const NOT_MEASURED = "–";

function Fact({ name, value, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong> <span>{children}</span>
      </dd>
    </div>
  );
}
