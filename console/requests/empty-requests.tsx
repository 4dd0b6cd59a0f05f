import { Icon } from "../parts/icon.tsx";
import { hrefOf } from "../routes.ts";
import { apiBase } from "../session/client.ts";
import { useReader } from "../session/reader.ts";

/** What one can do where nothing has been done. */
export function EmptyRequests() {
  const { say } = useReader();
  const body = '{"url_list":["https://www.example.com/"],"timeout":30,"instance_count":1}';
  return (
    <section class="empty">
      <h2>{say("emptyTitle")}</h2>
      <p>{say("emptySays")}</p>
      <a class="button primary" href={hrefOf({ name: "new" })}>
        <Icon name="plus" />
        {say("newRequest")}
      </a>
      <p class="quiet">{say("emptyCurl")}</p>
      <pre>{`curl -H "x-api-key: $PREWARM_API_KEY" -d '${body}' '${apiBase(location.href)}prewarm'`}</pre>
    </section>
  );
}
