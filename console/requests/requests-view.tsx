import { useEffect, useMemo, useState } from "preact/hooks";
import type { Listed } from "../../client/answers.ts";
import { useKeys } from "../keys/use-keys.ts";
import { Choices } from "../parts/choices.tsx";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { hrefOf } from "../routes.ts";
import { useReader } from "../session/reader.ts";
import { EmptyRequests } from "./empty-requests.tsx";
import { type Filter, matches } from "./matches.ts";
import { nextRow } from "./next-row.ts";
import { RequestTable, RequestTableSkeleton } from "./request-table.tsx";
import { rowState } from "./row-state.ts";
import { useRequests } from "./use-requests.ts";

/** All requests: those under way first, then by day. Nobody's row moves while it is looked at. */
export function RequestsView() {
  const { say, count } = useReader();
  const list = useRequests();
  const [filter, setFilter] = useState<Filter>("all");
  const [text, setText] = useState("");
  useEffect(() => {
    document.title = `${say("requests")} · Prewarm`;
  }, [say]);
  useKeys({
    "/": () => document.getElementById("search")?.focus(),
    j: () => nextRow(1),
    k: () => nextRow(-1),
  });
  const shown = useMemo(() => (list.rows ?? []).filter((row) => matches(row, filter, text)), [list.rows, filter, text]);
  return (
    <>
      <div class="head">
        <h1>{say("requests")}</h1>
        <Filters rows={list.rows ?? []} filter={filter} onChoose={setFilter} />
        <span class="fill" />
        <SearchField text={text} onText={setText} />
        <a class="button primary" href={hrefOf({ name: "new" })}>
          <Icon name="plus" />
          {say("newRequest")}
        </a>
      </div>
      <Trouble {...list} />
      {list.waiting > 0 ? (
        <p class="foot-line">
          <button type="button" class="button" onClick={list.showNew}>
            {say("newSince", { count: list.waiting })}
          </button>
        </p>
      ) : null}
      {list.rows === undefined ? (
        list.error === undefined ? (
          <RequestTableSkeleton />
        ) : null
      ) : list.rows.length === 0 ? (
        <EmptyRequests />
      ) : (
        <>
          <RequestTable rows={shown} />
          <div class="foot-line">
            <span>{shown.length === 0 ? say("noMatch") : count("newest", list.rows.length)}</span>
            {list.more ? (
              <button type="button" class="button plain" onClick={list.showOlder}>
                {say("showOlder")}
              </button>
            ) : null}
          </div>
        </>
      )}
    </>
  );
}

interface FiltersProps {
  readonly rows: readonly Listed[];
  readonly filter: Filter;
  readonly onChoose: (filter: Filter) => void;
}

function Filters({ rows, filter, onChoose }: FiltersProps) {
  const { say, formats } = useReader();
  const running = rows.filter((row) => rowState(row).filter === "underWay").length;
  const options = (["all", "underWay", "toLookAt", "ready"] as const).map((value) => ({
    value,
    text: value === "underWay" && running > 0 ? `${say(value)} ${formats.count(running)}` : say(value),
  }));
  return <Choices label={say("status")} options={options} value={filter} onChoose={onChoose} />;
}

function SearchField({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const { say } = useReader();
  return (
    <search class="search">
      <Icon name="search" />
      <input
        id="search"
        class="input"
        type="search"
        aria-label={say("search")}
        placeholder={say("search")}
        value={text}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Escape") currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </search>
  );
}
