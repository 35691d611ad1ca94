/**
 * What a changelog in the form of Keep a Changelog says of a version: the section below `## [1.2.3] - 2026-01-31`.
 *
 * @throws Error when there is none with a date, or nothing in it
 */
export function changesOf(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const heading = /^\[([^\]]+)\] - \d{4}-\d{2}-\d{2}\n/;
  const section = sections.find((text) => heading.exec(text)?.[1] === version);
  const changes = section?.replace(heading, '').trim() ?? '';
  if (changes === '') {
    throw new Error(
      `Expected CHANGELOG.md to have a section "## [${version}] - DATE" that says what changed`,
    );
  }
  return changes;
}
