import type { Listed } from "../../client/answers.ts";
import { Skeleton } from "../parts/skeleton.tsx";
import { useReader } from "../session/reader.ts";
import { useNow } from "../session/use-now.ts";
import { groupRows, localDay, type RowGroup } from "./group-rows.ts";
import { RequestRow } from "./request-row.tsx";

export function RequestTable({ rows }: { readonly rows: readonly Listed[] }) {
  const now = useNow(10_000);
  return (
    <div class="requests">
      <table>
        <Head />
        {groupRows(rows, localDay).map((group) => (
          <tbody key={group.day}>
            <GroupHead group={group} now={now} />
            {group.rows.map((row) => (
              <RequestRow key={row.request_id} request={row} now={now} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Head() {
  const { say, formats } = useReader();
  return (
    <thead>
      <tr>
        <th scope="col">{say("what")}</th>
        <th scope="col">{say("status")}</th>
        <th scope="col">{say("progress")}</th>
        <th scope="col" class="number">
          {say("warmOrHit")}
        </th>
        <th scope="col" class="number">
          {say("notWarm")}
        </th>
        <th scope="col" class="number">
          {say("listOfTwo", { first: say("sent"), second: formats.zone(Date.now()) })}
        </th>
      </tr>
    </thead>
  );
}

const COLUMNS = 6;

function GroupHead({ group, now }: { readonly group: RowGroup<Listed>; readonly now: number }) {
  const { say, count } = useReader();
  const atWork = group.rows.reduce((sum, row) => sum + row.instances_at_work, 0);
  const running = group.day === "underWay";
  return (
    <tr class="group">
      <th scope="colgroup" colSpan={COLUMNS}>
        {useHeading(group, now)}
        {running ? (
          <span>
            {count("requestCount", group.rows.length)} · {count("atWorkCount", atWork)}
          </span>
        ) : null}
        <span class="spoken">{running ? "" : say("requests")}</span>
      </th>
    </tr>
  );
}

function useHeading({ day, at }: RowGroup<Listed>, now: number): string {
  const { say, formats } = useReader();
  if (day === "underWay") return say("underWay");
  const ago = localDay(now) - day;
  if (ago === 0) return say("today");
  return ago === 1 ? say("yesterday") : formats.day(at);
}

/** The table's size before it is known. */
export function RequestTableSkeleton() {
  return (
    <div class="requests" aria-busy="true">
      <table>
        <Head />
        <tbody>
          {[0, 1, 2, 3, 4, 5].map((row) => (
            <tr key={row}>
              {[180, 90, 200, 40, 30, 60].map((width, column) => (
                <td key={width} class={column > 2 ? "number" : ""}>
                  <Skeleton width={width} height={16} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
