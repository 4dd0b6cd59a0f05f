import { useState } from "preact/hooks";
import { shortId } from "../../client/request-ids.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { EVERY } from "../api/pace.ts";
import { useLive } from "../api/use-live.ts";
import { type ErrorWords, Told, useErrorWords } from "../parts/problem.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useTab } from "../parts/use-tab.ts";
import { titleOf } from "../requests/title.ts";
import { hrefOf } from "../routes.ts";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";
import { useSettings } from "../session/use-settings.ts";
import { SetDialog } from "./set-dialog.tsx";
import { askedFirst, wishOf } from "./wish.ts";

/** How many instances there are, who wants how many, and a field that changes it. */
export function InstancesView() {
  const { say, formats, count } = useReader();
  const client = useClient();
  const cap = useSettings()?.caps.find(({ parameter }) => parameter === "maxInstances")?.value ?? undefined;
  const live = useLive(
    "instances",
    async (signal) => {
      const [{ value: group }, { value: list }] = await Promise.all([
        client.instances(signal),
        client.requests({ limit: 50 }, signal),
      ]);
      return { wanted: group.desiredcapacity, active: list.requests.filter(({ status }) => !isTerminal(status)) };
    },
    () => EVERY.list,
  );
  useTab(say("instances"));
  const active = live.value?.active ?? [];
  const atWork = active.reduce((sum, it) => sum + it.instances_at_work, 0);
  const number = (value: number | undefined) => (value === undefined ? "–" : formats.count(value));
  return (
    <>
      <div class="head">
        <h1>{say("instances")}</h1>
      </div>
      <Trouble {...live} />
      <dl class="facts three">
        <Figure name={say("atWork")} value={live.value === undefined ? "–" : formats.count(atWork)} />
        <Figure name={say("wantedNow")} value={number(live.value?.wanted)} />
        <Figure name={say("cap")} value={number(cap)} />
      </dl>
      <SetInstances cap={cap} onDone={live.again} />
      <h2 class="gap-top">{say("whoWants")}</h2>
      <ul class="wishes">
        {live.value !== undefined && active.length === 0 ? <li class="quiet">{say("nobodyWants")}</li> : null}
        {active.map((request) => (
          <li key={request.request_id}>
            <a class="cut" href={hrefOf({ name: "request", id: request.request_id })}>
              {titleOf(request)}
            </a>
            <code class="quiet">{shortId(request.request_id)}</code>
            <span class="number">
              {count("atWorkCount", request.instances_at_work)} {say("of", { total: request.instance_count })}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
      </dd>
    </div>
  );
}

function SetInstances({ cap, onDone }: { readonly cap: number | undefined; readonly onDone: () => void }) {
  const { say } = useReader();
  const client = useClient();
  const [typed, setTyped] = useState("");
  const [asking, setAsking] = useState(false);
  const wordsOf = useErrorWords();
  const [said, setSaid] = useState<ErrorWords>({ says: "" });
  const wish = wishOf(typed, cap);
  const problem =
    wish.problem === "overCap"
      ? say("overCap", { max: cap ?? 0, parameter: "maxInstances" })
      : wish.problem === "notNumber"
        ? say("notNumber")
        : "";
  const set = async (wanted: number) => {
    const { value } = await client.setInstances(wanted);
    // Behind the group's new size, the API says what becomes of which request.
    const [, ...remarks] = value.message.split("; ");
    setSaid({ says: say("instancesSet", { count: wanted }), told: remarks.join("; ") });
    setTyped("");
    onDone();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (wish.wanted === undefined) return;
    if (askedFirst(wish.wanted)) setAsking(true);
    else set(wish.wanted).catch((error: unknown) => setSaid(wordsOf(error)));
  };
  return (
    <form class="set-instances" onSubmit={submit}>
      <div class="field">
        <label for="wanted">{say("setInstances")}</label>
        <div class="row">
          <input
            id="wanted"
            class="input"
            inputMode="numeric"
            autocomplete="off"
            value={typed}
            aria-invalid={problem !== ""}
            aria-describedby="wanted-says"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <button type="submit" class="button primary" disabled={wish.wanted === undefined}>
            {say("setDo")}
          </button>
        </div>
        <p id="wanted-says" class="small" role="status">
          {problem === "" ? <Told {...said} /> : <span class="failed">{problem}</span>}
        </p>
      </div>
      {asking && wish.wanted !== undefined ? (
        <SetDialog wanted={wish.wanted} onSet={set} onClose={() => setAsking(false)} />
      ) : null}
    </form>
  );
}
