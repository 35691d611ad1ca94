import { mustRun } from '../provision/command.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

/** A release that git has a tag of. */
interface Release {
  readonly tag: string;
  readonly version: Version;
}

/** Releases proper among the tags `vX.Y.Z` of a checkout, oldest first. */
async function releasesIn(folder: string): Promise<readonly Release[]> {
  const tags = await mustRun(['git', '-C', folder, 'tag', '--list', 'v*']);
  return tags
    .split('\n')
    .flatMap((tag) => {
      const version = parseVersion(tag.slice(1));
      return version === undefined || version.prerelease !== '' ? [] : [{ tag, version }];
    })
    .toSorted((one, other) => compareVersions(one.version, other.version));
}

/** The release that comes right before a version; undefined for the first one. */
export async function releaseBefore(folder: string, version: Version): Promise<Release | undefined> {
  const releases = await releasesIn(folder);
  return releases.findLast((release) => compareVersions(release.version, version) < 0);
}

/**
 * Tags the commit that is checked out `vX.Y.Z`, moves `vX` there unless it is a prerelease or a later release of that
 * major version is out, and pushes both to `origin` in one step: all or nothing.
 *
 * @throws Error when the tag is there already or the push is refused; nothing is left half done at `origin`
 */
export async function publishTags(
  folder: string,
  text: string,
  version: Version,
): Promise<readonly string[]> {
  const git = (...words: readonly string[]) => mustRun(['git', '-C', folder, ...words]);
  const releases = await releasesIn(folder);
  const isLatest = !releases.some(
    (release) => release.version.major === version.major && compareVersions(release.version, version) > 0,
  );
  const tag = `v${text}`;
  const major = `v${version.major}`;
  await git('tag', '--annotate', '--message', tag, tag);
  const refs = [`refs/tags/${tag}`];
  if (isLatest && version.prerelease === '') {
    // Not annotated: it is moved with every release.
    await git('tag', '--force', major, `${tag}^{commit}`);
    refs.push(`+refs/tags/${major}`);
  }
  await git('push', '--quiet', '--atomic', 'origin', ...refs);
  return refs.map((ref) => ref.replace(/^\+?refs\/tags\//, ''));
}
