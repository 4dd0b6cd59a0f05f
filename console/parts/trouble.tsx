import { NoAnswerError, RefusedError } from "../../client/api-client.ts";
import { useReader } from "../session/reader.ts";
import { useNow } from "../session/use-now.ts";
import { Problem } from "./problem.tsx";

interface TroubleProps {
  readonly error: unknown;
  readonly lostSince: number | undefined;
  readonly again: () => void;
}

/** Says why there is no new answer and what can be done. Nothing where there is one. What was known stays below it. */
export function Trouble({ error, lostSince, again }: TroubleProps) {
  const { say, formats } = useReader();
  const now = useNow();
  if (error === undefined) return null;
  const lost = error instanceof NoAnswerError;
  return (
    <div class="banner" role="alert">
      <p>
        {lost ? say("lostSays", { time: formats.long(now - (lostSince ?? now)) }) : <Problem error={error} />}
        {error instanceof RefusedError && error.status >= 500 ? ` ${say("errorNext")}` : ""}
        {error instanceof RefusedError && error.awsRequestId !== undefined ? (
          <span class="quiet"> {say("errorRequestId", { id: error.awsRequestId })}</span>
        ) : null}
      </p>
      <button type="button" class="button" onClick={again}>
        {say("tryAgain")}
      </button>
    </div>
  );
}
