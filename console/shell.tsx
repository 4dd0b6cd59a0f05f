import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { InstancesView } from "./instances/instances-view.tsx";
import { KeysDialog } from "./keys/keys-dialog.tsx";
import { useKeys } from "./keys/use-keys.ts";
import { loadRequestMap } from "./map/later.tsx";
import { loadNewRequest, NewRequestLater } from "./new/later.tsx";
import { Brand } from "./parts/brand.tsx";
import { Icon } from "./parts/icon.tsx";
import { usePreloaded } from "./parts/later.tsx";
import { LanguageButton, ThemeButton } from "./parts/preference-buttons.tsx";
import { loadSaveReport } from "./report/report-button.tsx";
import { loadRequest, RequestLater } from "./request/later.tsx";
import { RequestsView } from "./requests/requests-view.tsx";
import { hrefOfList } from "./requests/use-return.ts";
import { hrefOf, type Route } from "./routes.ts";
import type { Connection } from "./session/connection.ts";
import { useReader } from "./session/reader.ts";
import { useNow } from "./session/use-now.ts";
import { useRoute } from "./session/use-route.ts";
import { useSettings } from "./session/use-settings.ts";
import { SettingsView } from "./settings/settings-view.tsx";

/** What the first view does not wait for. */
const PARTS = [loadRequest, loadNewRequest, loadRequestMap, loadSaveReport];

interface ShellProps {
  readonly connection: Connection;
  readonly onLock: () => void;
}

/** The bar on top, and the view that the address names. */
export function Shell({ connection, onLock }: ShellProps) {
  const route = useRoute();
  const { say } = useReader();
  const settings = useSettings();
  const [helps, setHelps] = useState(false);
  usePreloaded(PARTS);
  useKeys({
    "?": () => setHelps(true),
    n: () => {
      location.hash = hrefOf({ name: "new" });
    },
    Escape: () => {
      if (route.name !== "requests") location.hash = hrefOfList();
    },
  });
  const place = route.name === "request" ? `request ${route.id}` : route.name;
  // Before the effects of the view: the list scrolls to where it was left.
  useLayoutEffect(() => window.scrollTo(0, 0), [place]);
  const from = usePrevious(place, route);
  return (
    <>
      <button type="button" class="button skip" onClick={focusContent}>
        {say("skip")}
      </button>
      <header class="top">
        <div>
          <a class="brand" href={hrefOf({ name: "requests" })}>
            <Brand />
          </a>
          <nav>
            <Place route={route} to={{ name: "requests" }} text={say("requests")} />
            <Place route={route} to={{ name: "instances" }} text={say("instances")} />
            <Place route={route} to={{ name: "settings" }} text={say("settings")} />
          </nav>
          <span class="fill" />
          {settings === undefined ? null : (
            <span class="deployment small">
              {settings.env_name} · {settings.region}
            </span>
          )}
          <LiveSign connection={connection} />
          <LanguageButton />
          <ThemeButton />
          <button type="button" class="button plain lock" title={say("lockSays")} onClick={onLock}>
            <Icon name="lock" />
            <span>{say("lock")}</span>
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1} class={`page ${route.name}-page`}>
        <View key={place} route={route} from={from} />
      </main>
      {helps ? <KeysDialog onClose={() => setHelps(false)} /> : null}
    </>
  );
}

/** Not by a link: the fragment is the route. */
function focusContent(): void {
  document.getElementById("content")?.focus();
}

/** The route before the one of this place. */
function usePrevious(place: string, route: Route): Route | undefined {
  const seen = useRef<
    { readonly place: string; readonly route: Route; readonly before: Route | undefined } | undefined
  >(undefined);
  if (seen.current?.place !== place) seen.current = { place, route, before: seen.current?.route };
  return seen.current?.before;
}

function View({ route, from }: { readonly route: Route; readonly from: Route | undefined }) {
  switch (route.name) {
    case "requests":
      return <RequestsView from={from?.name === "request" ? from.id : undefined} />;
    case "new":
      return <NewRequestLater />;
    case "request":
      return <RequestLater id={route.id} />;
    case "instances":
      return <InstancesView />;
    case "settings":
      return <SettingsView />;
  }
}

function Place({ route, to, text }: { readonly route: Route; readonly to: Route; readonly text: string }) {
  const here = route.name === to.name || (to.name === "requests" && ["new", "request"].includes(route.name));
  return (
    <a href={hrefOf(to)} {...(here ? { "aria-current": "page" as const } : {})}>
      {text}
    </a>
  );
}

function LiveSign({ connection }: { readonly connection: Connection }) {
  const { say, formats } = useReader();
  const now = useNow();
  const { answeredAt, failure } = connection;
  if (failure !== undefined)
    return <span class="live lost">{say(failure === "noAnswer" ? "lost" : "callFailed")}</span>;
  if (answeredAt === undefined) return <span class="live waiting">{say("connecting")}</span>;
  return (
    <span class="live">
      <span>{say("live")} ·</span>
      {formats.ago(now - answeredAt)}
    </span>
  );
}
