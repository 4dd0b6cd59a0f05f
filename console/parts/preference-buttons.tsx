import { LANGUAGE_NAMES, THEMES } from "../session/preferences.ts";
import { useReader } from "../session/reader.ts";
import { Icon } from "./icon.tsx";

/** Says the other language in that language. */
export function LanguageButton() {
  const { preferences, prefer } = useReader();
  const other = preferences.language === "en" ? "zh" : "en";
  return (
    <button
      type="button"
      class="button plain"
      lang={other === "zh" ? "zh-CN" : "en"}
      onClick={() => prefer({ language: other })}
    >
      {other === "zh" ? LANGUAGE_NAMES.zh : "EN"}
    </button>
  );
}

const NAMES = { auto: "themeAuto", light: "themeLight", dark: "themeDark" } as const;
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;

/** As the system has it, light, dark, and around again. */
export function ThemeButton() {
  const { preferences, prefer, say } = useReader();
  const { theme } = preferences;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  const label = `${say("theme")}: ${say(NAMES[theme])}`;
  return (
    <button type="button" class="button plain" aria-label={label} title={label} onClick={() => prefer({ theme: next })}>
      <Icon name={ICONS[theme]} />
    </button>
  );
}
