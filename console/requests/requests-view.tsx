import { useMemo } from "preact/hooks";
import type { Listed } from "../../client/answers.ts";
import { useKeys } from "../keys/use-keys.ts";
import { Choices } from "../parts/choices.tsx";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useTab } from "../parts/use-tab.ts";
import { hrefOf } from "../routes.ts";
import { useReader } from "../session/reader.ts";
import { useParameter } from "../session/use-parameter.ts";
import { EmptyRequests } from "./empty-requests.tsx";
import { FILTERS, type Filter, matches } from "./matches.ts";
import { nextRow } from "./next-row.ts";
import { RequestTable, RequestTableSkeleton } from "./request-table.tsx";
import { rowState } from "./row-state.ts";
import { useRequests } from "./use-requests.ts";
import { useReturn } from "./use-return.ts";

/**
 * All requests: those under way first, then by day. Nobody's row moves while it is looked at.
 * @param from the request whose view was open before: who comes back finds the list as it was left
 */
export function RequestsView({ from }: { readonly from: string | undefined }) {
  const { say, count } = useReader();
  const list = useRequests();
  const [filterName, setFilter] = useParameter("filter");
  const [text = "", setText] = useParameter("q");
  const filter = FILTERS.find((it) => it === filterName) ?? "all";
  useReturn(from, list.rows !== undefined);
  useTab(say("requests"));
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
        <Filters rows={list.rows ?? []} filter={filter} onChoose={(it) => setFilter(it === "all" ? undefined : it)} />
        <span class="fill" />
        <SearchField text={text} onText={(it) => setText(it || undefined)} />
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
  const options = FILTERS.map((value) => ({
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
