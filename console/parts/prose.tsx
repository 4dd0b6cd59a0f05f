/** A text in which names of fields stand between backticks. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        // Every second part stood between two.
        index % 2 === 1 ? <code key={part}>{part}</code> : part,
      )}
    </>
  );
}
