// As Nix 2.8 and Nix 2.26 say it, of files in the copy that Nix has made of a source.
const MISSING =
  /(?:(?:getting status of|opening file) '([^'\n]+)': No such file or directory|path '([^'\n]+)' does not exist)/;
const SOURCE = /^\/nix\/store\/[a-z0-9]{32}-source\//;

/**
 * What to do where Nix misses a file of a flake that may be there, but not in git; undefined where the error is another. Nix 2.34 says
 * so by itself.
 *
 * @param message of Nix, without its traces
 */
export function unseenFileHint(message: string): string | undefined {
  const [, status, path = status] = MISSING.exec(message) ?? [];
  if (path === undefined || !SOURCE.test(path)) return undefined;
  return `Of a git repository Nix sees only what git knows: if ${path.replace(SOURCE, '')} exists, \`git add\` it.`;
}
