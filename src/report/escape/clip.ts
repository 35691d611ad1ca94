const ELLIPSIS = '…';
const encoder = new TextEncoder();

/** Bytes of the text in UTF-8, which is what GitHub's limits for summaries count. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** At most `maxCharacters` UTF-16 units, the last of them `…` when something was cut; never half a surrogate pair. */
export function clip(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return withoutHalf(text.slice(0, Math.max(0, maxCharacters - 1))) + ELLIPSIS;
}

/** Like {@link clip}, but the end of the text is what stays: for messages whose last lines tell most. */
export function clipStart(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const kept = text.slice(text.length - Math.max(0, maxCharacters - 1));
  return ELLIPSIS + (/^[\udc00-\udfff]/.test(kept) ? kept.slice(1) : kept);
}

function withoutHalf(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
