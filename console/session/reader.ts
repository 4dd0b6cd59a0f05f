import { createContext } from "preact";
import { useContext, useMemo, useState } from "preact/hooks";
import { type Formats, formatsOf } from "../format/formats.ts";
import type { CountName } from "../words/messages.ts";
import { type Say, sayIn } from "../words/say.ts";
import { keepPreferences, type Preferences, readPreferences } from "./preferences.ts";

/** Who reads: the language, and how numbers and times are written in it. */
export interface Reader {
  readonly preferences: Preferences;
  readonly say: Say;
  readonly formats: Formats;
  /** `n` and the text, each in its right form: `count("urlCount", 84)` → `84 URLs`. */
  readonly count: (name: CountName, value: number) => string;
  readonly prefer: (change: Partial<Preferences>) => void;
  /** Nothing on the page can be pressed: it is a copy to read, or on paper. What else opens is open. */
  readonly still: boolean;
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
    const prefer = (change: Partial<Preferences>) => {
      const next = { ...preferences, ...change };
      keepPreferences(next);
      set(next);
    };
    return { ...readerOf(preferences), prefer, still: false };
  }, [preferences]);
}

/** A reader of a copy. @param timeZone @default that of whoever makes it */
export function readerOf(preferences: Preferences, timeZone?: string): Reader {
  const say = sayIn(preferences.language);
  const formats = formatsOf(preferences.language, timeZone);
  return {
    preferences,
    say,
    formats,
    prefer: () => {},
    still: true,
    count: (name, value) => say(name, { count: value }),
  };
}
