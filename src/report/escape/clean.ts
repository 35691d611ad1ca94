/** Stands for a character that must not be shown as it is: visible, so that two different names never look the same. */
const REPLACEMENT = '\u{fffd}';

// OSC, DCS, SOS, PM and APC strings up to their terminator (or the end of the line when they have none), then CSI
// sequences, then two-character escapes; each also in its 8-bit form.
const ESCAPE_STRING =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u009c|\u001b\\)?/g;
const CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
const SHORT_ESCAPE = /\u001b[ -/]*[0-~]?/g;

// C0 and C1 but tab and newline; bidirectional marks, embeddings, overrides and isolates; characters without width
// other than the joiners that scripts and emoji need; tag characters; halves of surrogate pairs.
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu;

/**
 * Untrusted text of several lines without anything that a terminal, a browser or an editor acts on.
 *
 * Escape sequences vanish; other control, bidirectional and invisible characters become U+FFFD; every kind of line
 * break becomes `\n`. Tabs stay.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(ESCAPE_STRING, '')
    .replace(CONTROL_SEQUENCE, '')
    .replace(SHORT_ESCAPE, '')
    .replace(UNSAFE, REPLACEMENT);
}

/** Like {@link cleanText}, on one line: every run of line breaks and tabs becomes one space. */
export function cleanLine(text: string): string {
  return cleanText(text)
    .replace(/[\n\t]+/g, ' ')
    .trim();
}
