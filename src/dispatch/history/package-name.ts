/** A derivation's name, taken apart so that the next version of the same package is known again. */
export interface PackageName {
  /** The name without what changes from version to version; never empty. */
  readonly stem: string;
  /** What was left out, in order; may be empty. */
  readonly version: string;
}

const DOTTED_NUMBER = /\d+(?:\.\d+)+/g;
const VERSION = /^v?\d[\w.+~]*$/;
/** Short and long revisions of Git; a word of letters alone is none. */
const REVISION = /^(?=.*\d)[0-9a-f]{7,40}$/;

/**
 * `python3.12-requests-2.32.0` and `python3.13-requests-2.33.1` have the same stem. Nix ends a name at the first dash that no letter follows;
 * here only what looks like a version is left out, so that `hello-1.0-doc` is not taken for `hello-1.0`.
 */
export function splitPackageName(name: string): PackageName {
  const versions: string[] = [];
  const words = name.split('-').flatMap((word, index) => {
    if (index > 0 && (VERSION.test(word) || REVISION.test(word))) {
      versions.push(word);
      return [];
    }
    return word.replace(DOTTED_NUMBER, (version) => {
      versions.push(version);
      return '';
    });
  });
  return { stem: words.join('-') || name, version: versions.join('-') };
}
