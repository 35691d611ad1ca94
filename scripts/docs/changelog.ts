/**
 * The section of a version in a changelog whose versions are headings of level 2, without its heading.
 *
 * @throws Error when there is none, or nothing in it
 */
export function changesOf(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\S+/.exec(text)?.[0] === version);
  const changes = section?.replace(/^.*\n/, '').trim() ?? '';
  if (changes === '') throw new Error(`Expected CHANGELOG.md to say what changed in ${version}`);
  return changes;
}
