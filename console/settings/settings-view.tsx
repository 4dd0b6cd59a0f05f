import type { Settings } from "../../client/answers.ts";
import { LANGUAGES } from "../../domain/format.ts";
import { useLive } from "../api/use-live.ts";
import { Choices } from "../parts/choices.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useTab } from "../parts/use-tab.ts";
import { useClient } from "../session/client.ts";
import { LANGUAGE_NAMES, THEMES } from "../session/preferences.ts";
import { useReader } from "../session/reader.ts";
import { capInChinese } from "../words/api-chinese.ts";

/** What this deployment is and allows, and how this page looks. */
export function SettingsView() {
  const { say } = useReader();
  const client = useClient();
  const live = useLive(
    "settings",
    async (signal) => (await client.settings(signal)).value,
    () => undefined,
  );
  useTab(say("settings"));
  return (
    <>
      <div class="head">
        <h1>{say("settings")}</h1>
      </div>
      <Trouble {...live} />
      <ThisPage />
      {live.value === undefined ? null : <Deployment settings={live.value} />}
    </>
  );
}

const THEME_NAMES = { auto: "themeAuto", light: "themeLight", dark: "themeDark" } as const;

function ThisPage() {
  const { say, preferences, prefer } = useReader();
  return (
    <section class="settings">
      <h2>{say("thisPage")}</h2>
      <div class="setting">
        <span>{say("language")}</span>
        <Choices
          label={say("language")}
          options={LANGUAGES.map((value) => ({ value, text: LANGUAGE_NAMES[value] }))}
          value={preferences.language}
          onChoose={(language) => prefer({ language })}
        />
      </div>
      <div class="setting">
        <span>{say("theme")}</span>
        <Choices
          label={say("theme")}
          options={THEMES.map((value) => ({ value, text: say(THEME_NAMES[value]) }))}
          value={preferences.theme}
          onChoose={(theme) => prefer({ theme })}
        />
      </div>
      <label class="setting">
        <span>{say("shortcuts")}</span>
        <input
          type="checkbox"
          checked={preferences.shortcuts}
          onChange={({ currentTarget }) => prefer({ shortcuts: currentTarget.checked })}
        />
      </label>
    </section>
  );
}

function Deployment({ settings }: { readonly settings: Settings }) {
  const { say, formats, preferences } = useReader();
  const { distributions, instances } = settings;
  const allowed = distributions?.allowed ?? [];
  return (
    <>
      <section class="settings">
        <h2>{say("deployment")}</h2>
        <dl class="as-sent">
          <Row name={say("deployment")} value={settings.env_name} />
          <Row name={say("region")} value={settings.region} />
          <Row name={say("version")} value={settings.version} />
          <Row name={say("reach")} value={say(settings.private ? "reachPrivate" : "reachPublic")} />
          {instances === undefined ? null : <Row name={say("instanceTypes")} value={instances.types.join(", ")} />}
          {distributions === undefined ? null : (
            <Row
              name={say("distributions")}
              value={allowed.length === 0 || allowed.includes("*") ? say("everyDistribution") : allowed.join(", ")}
            />
          )}
        </dl>
      </section>
      <section class="settings">
        <h2>{say("caps")}</h2>
        <div class="scroll">
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">{say("capName")}</th>
                <th scope="col" class="number">
                  {say("capValue")}
                </th>
                <th scope="col">{say("capMeans")}</th>
              </tr>
            </thead>
            <tbody>
              {settings.caps.map(({ parameter, value, ...english }) => {
                const { unit, bounds } =
                  (preferences.language === "zh" ? capInChinese(parameter) : undefined) ?? english;
                const isBytes = english.unit === "bytes";
                return (
                  <tr key={parameter}>
                    <td>
                      <code>{parameter}</code>
                    </td>
                    <td class="number">
                      {value === null ? "–" : isBytes ? formats.bytes(value) : `${formats.count(value)} ${unit}`}
                    </td>
                    <td>{bounds}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
