import type { Estimate } from "../../client/answers.ts";
import { Shape } from "../parts/shape.tsx";
import { useFormReader } from "../words/form-reader.ts";

/** The URLs that cannot be read, as far as the form itself lists them: others come from sources. */
export interface ListedUnreadable {
  readonly listed: number;
  readonly onRemove: () => void;
}

interface UnreadableProps extends ListedUnreadable {
  readonly bytes: Estimate["bytes"];
  readonly isOpen: boolean;
}

/** The URLs of the sample that cannot be read, each with its reason, and a way to take them out of the list. */
export function Unreadable({ bytes, listed, isOpen, onRemove }: UnreadableProps) {
  const { say, count } = useFormReader();
  const { unreadable, sampled, unreadable_urls: urls } = bytes;
  if (unreadable === 0) return null;
  const [first] = urls;
  const isSame = first !== undefined && urls.every(({ error }) => error === first.error);
  return (
    <details class="unreadable small" open={isOpen}>
      <summary>
        <span class="not_kept">
          <Shape form="not_kept" />
        </span>
        {isSame
          ? say("unreadableFor", { count: unreadable, sampled, reason: first.error })
          : say("unreadableSampled", { count: unreadable, sampled })}
      </summary>
      <ul>
        {urls.map(({ url, error }) => (
          <li key={url} class="break">
            <code>{url}</code>: {error}
          </li>
        ))}
      </ul>
      {listed === 0 ? null : (
        <button type="button" class="button" onClick={onRemove}>
          {count("removeUrls", listed)}
        </button>
      )}
    </details>
  );
}
