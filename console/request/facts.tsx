import type { ComponentChildren } from "preact";
import { isTerminal } from "../../domain/request/status.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";
import type { Progress } from "../api/answers.ts";
import { useReader } from "../session/reader.ts";

/** Six facts, in the same places from the beginning to the end. */
export function Facts({ request, now }: { readonly request: Progress; readonly now: number }) {
  const { say, formats } = useReader();
  const ended = isTerminal(request.status);
  const at = (text: string) => parseTimestamp(text).getTime();
  const [sentAt, endedAt] = [at(request.created_at), at(request.last_update_time)];
  const took = Math.max(1_000, endedAt - sentAt);
  const rate = ended ? (request.download_size * 1_000) / took : request.bytes_per_second;
  const left = request.estimated_finish_at === null ? undefined : at(request.estimated_finish_at) - now;
  const done = formats.figure(request.download_size + request.in_progress_size);
  const total = formats.figure(request.total_size);
  const speed = formats.figure(rate);
  const when = ended ? endedAt : sentAt;
  return (
    <dl class="facts">
      <Fact name={say("downloaded")} value={done.value}>
        {done.unit === total.unit ? "" : `${done.unit} `}
        {say("of", [`${total.value} ${total.unit}`])} · {formats.percent(request.percentage_complete)}
      </Fact>
      <Fact name={say("results")} value={formats.count(request.download_count)}>
        {say("of", [formats.count(request.total_count)])}
      </Fact>
      <Fact name={say(ended ? "meanRate" : "rate")} value={speed.value}>
        {speed.unit}/s
      </Fact>
      {ended ? (
        <Fact name={say("took")} value={formats.span(took)} />
      ) : (
        <Fact name={say("timeLeft")} value={left === undefined ? "–" : formats.span(Math.max(0, left))} />
      )}
      {ended ? (
        <Fact name={say("instances")} value={formats.count(request.instance_count)}>
          {say("atMost")}
        </Fact>
      ) : (
        <Fact name={say("instancesAtWork")} value={formats.count(request.instances_at_work)}>
          {say("of", [formats.count(request.instance_count)])}
        </Fact>
      )}
      <Fact
        name={say(ended ? (request.status === "FINISHED" ? "finished" : "ended") : "sent")}
        value={formats.clock(when)}
      >
        {formats.utc(when)}
      </Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly children?: ComponentChildren;
}

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
