import { encodeBase16 } from '../nix/hash/hash.ts';
import { sha256 } from '../nix/hash/sha256.ts';

/** Leaves room for an ending within the 255 bytes that file systems allow. */
const MAX_CHARACTERS = 150;
const HASH_CHARACTERS = 12;
const LOOKS_HASHED = /-[0-9a-f]{12}$/;

/**
 * A file name for an attribute path or a derivation: `checks.x86_64-linux.hello`, without an ending.
 *
 * Only letters, digits and `. _ + = -`, so that it is legal in artifacts and on every system and cannot leave its
 * folder. Whatever had to be changed ends in a hash of the path, so that different paths never share a name.
 */
export function fileNameOf(path: readonly string[]): string {
  const joined = path.join('.');
  const safe = joined
    .replace(/[^A-Za-z0-9._+=-]/g, '_')
    .replace(/^[.-]/, '_')
    .replace(/\.$/, '_')
    .slice(0, MAX_CHARACTERS);
  const isPlain = safe === joined && safe !== '' && !path.some((step) => step.includes('.') || step === '');
  if (isPlain && !LOOKS_HASHED.test(safe)) return safe;
  return `${safe || '_'}-${shortHash(JSON.stringify(path))}`;
}

/** A legal name for an artifact (GitHub forbids `" : < > | * ? \ /` and line breaks); `prefix` is the user's. */
export function artifactName(prefix: string, rest: string): string {
  const legal = (text: string) => text.replace(/["':<>|*?\\/\s\p{C}]/gu, '_').replace(/^\.+/, '_');
  const start = legal(prefix).slice(0, MAX_CHARACTERS);
  return start === '' ? legal(rest) : `${start}-${legal(rest)}`;
}

function shortHash(text: string): string {
  const digest = sha256(new TextEncoder().encode(text));
  return encodeBase16(digest).slice(0, HASH_CHARACTERS);
}
