import type { Plugin } from 'esbuild';

interface LeftOut {
  readonly filter: RegExp;
  /** What stands in its place. */
  readonly contents: string;
}

const leftOut: readonly LeftOut[] = [
  // ssh2's native addons are there only where a compiler was at install time. Requiring one throws, as it does without
  // a compiler, and ssh2 falls back to Node's own crypto: the bundle is the same either way.
  { filter: /\.node$|^cpu-features$/, contents: "throw new Error('left out of the bundle');" },
  // @actions/artifact downloads with it, which this action never does, and a package below it states no licence.
  { filter: /^unzip-stream$/, contents: 'export default {};' },
  // @actions/core gets tokens of GitHub with it, which this action never does. It brings an HTTP client along that makes
  // up most of what starting would cost.
  {
    filter: /^\.\/oidc-utils\.js$/,
    contents: "export const OidcClient = { getIDToken() { throw new Error('left out of the bundle'); } };",
  },
];

/** Keeps modules out of the bundle that would make it differ between machines, may not be passed on, or only cost time. */
export const leftOutModules: Plugin = {
  name: 'left-out-modules',
  setup(build) {
    for (const [index, { filter, contents }] of leftOut.entries()) {
      const namespace = `left-out-${index}`;
      build.onResolve({ filter }, ({ path }) => ({ path: path.replace(/^.*\//, ''), namespace }));
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
    }
  },
};
