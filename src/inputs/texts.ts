import { fault, value, type Parsed } from './parsed.ts';

/** Text that other rooms read: machine lines, known_hosts lines, jq expressions. Line ends become `\n`. */
export function parseText(text: string): Parsed<string> {
  return value(text.replaceAll('\r\n', '\n'));
}

/** A flake reference. What it points to is Nix's business; that it can't be taken for an option is ours. */
export function parseFlakeReference(text: string): Parsed<string> {
  if (text.includes('#')) {
    return fault('a flake reference without #attribute: select attributes with top_attrs and filter_builds');
  }
  if (text.startsWith('-') || /[\s\u0000-\u001f]/.test(text)) {
    return fault('a flake reference such as ., ./sub or github:owner/repository');
  }
  return value(text);
}

/** A prefix for artifact names: GitHub refuses some characters, and names have to stay short. Empty is none. */
export function parseArtifactPrefix(text: string): Parsed<string | undefined> {
  if (text === '') return value(undefined);
  if (/["':<>|*?\r\n/\\]/.test(text) || text.length > 100) {
    return fault('at most 100 characters, none of them a quote or : < > | * ? / \\ or a line end');
  }
  return value(text);
}

/** A bearer token. Empty is none. */
export function parseToken(text: string): Parsed<string | undefined> {
  if (text === '') return value(undefined);
  return /^[\x21-\x7e]+$/.test(text) ? value(text) : fault('a token without blanks or line ends');
}
