import { shortId } from "../../client/request-ids.ts";
import { hrefOf } from "../routes.ts";
import { useFormReader } from "../words/form-reader.ts";
import type { Filled } from "./form-of-sent.ts";

interface FormNoticeProps {
  readonly filled: Filled | undefined;
  /** Undefined: there is nothing to bring back. */
  readonly undo: (() => void) | undefined;
}

/** What became of the form: it was filled by another request, or cleared; and for ten seconds, the way back. */
export function FormNotice({ filled, undo }: FormNoticeProps) {
  const { say, count } = useFormReader();
  return (
    <div class="form-notice" role="status">
      {filled === undefined ? (
        undo === undefined ? null : (
          say("formCleared")
        )
      ) : (
        <span>
          <a href={hrefOf({ name: "request", id: filled.id })}>{say("formFilled", { id: shortId(filled.id) })}</a>
          {filled.lacks.headers > 0 ? ` ${count("lacksHeaders", filled.lacks.headers)}` : ""}
          {filled.lacks.variants.length > 0 ? ` ${say("lacksVariants", { names: filled.lacks.variants })}` : ""}
          {filled.lacks.urls > 0 ? ` ${count("lacksUrls", filled.lacks.urls)}` : ""}
        </span>
      )}
      {undo === undefined ? null : (
        <button type="button" class="button" onClick={undo}>
          {say("undo")}
        </button>
      )}
    </div>
  );
}
