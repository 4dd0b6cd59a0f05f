import { createContext } from "preact";
import { useContext, useMemo, useState } from "preact/hooks";
import { type Formats, formatsOf } from "../format/formats.ts";
import { type Say, sayIn } from "../words/say.ts";
import { keepPreferences, type Preferences, readPreferences } from "./preferences.ts";

/** Who reads: the language, and how numbers and times are written in it. */
export interface Reader {
  readonly preferences: Preferences;
  readonly say: Say;
  readonly formats: Formats;
  /** `n` and the text, each in its right form: `count("urlCount", 84)` → `84 URLs`. */
  readonly count: (name: Parameters<Say>[0], value: number) => string;
  readonly prefer: (change: Partial<Preferences>) => void;
}

export const ReaderContext = createContext<Reader | undefined>(undefined);

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (reader === undefined) throw new Error("There is no reader");
  return reader;
}

/** The reader of this page; what they prefer is kept. */
export function useNewReader(): Reader {
  const [preferences, set] = useState(readPreferences);
  return useMemo(() => {
    const say = sayIn(preferences.language);
    const formats = formatsOf(preferences.language);
    return {
      ...{ preferences, say, formats },
      count: (name, value) => say(name, [formats.count(value)], value),
      prefer: (change) => {
        const next = { ...preferences, ...change };
        keepPreferences(next);
        set(next);
      },
    };
  }, [preferences]);
}
