/** A version in the form of semantic versioning, without build metadata. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** What stands behind the hyphen; empty for a release proper. */
  readonly prerelease: string;
}

/** Reads `1.2.3` or `1.2.3-beta.1`; undefined when it is something else. */
export function parseVersion(text: string): Version | undefined {
  const numeral = '(0|[1-9]\\d*)';
  const match = new RegExp(`^${numeral}\\.${numeral}\\.${numeral}(?:-([0-9A-Za-z.-]+))?$`).exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, prerelease = ''] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease };
}

/** As a sort's comparison, for versions that are no prereleases. */
export function compareVersions(one: Version, other: Version): number {
  return one.major - other.major || one.minor - other.minor || one.patch - other.patch;
}

/** Whether a step from one version to another may take something away: a new major, or before 1.0 a new minor. */
export function mayBreak(from: Version, to: Version): boolean {
  if (to.major !== from.major) return to.major > from.major;
  return to.major === 0 && to.minor > from.minor;
}
