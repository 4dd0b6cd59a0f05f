import { NoAnswerError, RefusedError } from "../../client/api-client.ts";
import { useReader } from "../session/reader.ts";
import { refusalInChinese } from "../words/api-chinese.ts";

export interface ErrorWords {
  readonly says: string;
  /** The API's own words, where `says` tells less. */
  readonly told?: string;
}

/** Why something did not work, in words that the reader knows. */
export function useErrorWords(): (error: unknown) => ErrorWords {
  const { say, preferences } = useReader();
  return (error) => {
    if (error instanceof NoAnswerError) return { says: say("noAnswer") };
    const told = error instanceof Error ? error.message : String(error);
    const chinese =
      preferences.language === "zh" && error instanceof RefusedError ? refusalInChinese(error.status, told) : undefined;
    return chinese === undefined ? { says: told } : { says: chinese, told };
  };
}

/** The same as it is shown. */
export function Problem({ error }: { readonly error: unknown }) {
  return <Told {...useErrorWords()(error)} />;
}

/** The API's own words below the reader's. */
export function Told({ says, told = "" }: ErrorWords) {
  return (
    <>
      {says}
      {told === "" ? null : (
        <span class="told small break" lang="en">
          {told}
        </span>
      )}
    </>
  );
}
