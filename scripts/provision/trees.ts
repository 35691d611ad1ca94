import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { mustRun, runCommand } from './command.ts';

/** The Nix versions that hosts of the farm run, each from one Debian suite. */
export const NIX_VERSIONS = ['2.8.0', '2.26.3', '2.34.8'] as const;

/** One of {@link NIX_VERSIONS}. */
export type NixVersion = (typeof NIX_VERSIONS)[number];

const SUITES: Readonly<Record<NixVersion, string>> = {
  '2.8.0': 'bookworm',
  '2.26.3': 'trixie',
  '2.34.8': 'forky',
};

const PACKAGES = 'nix-bin,openssh-server,openssh-client,iproute2,procps,git';

// sshd refuses keys of accounts whose password is locked with "!", so the users get "*".
const ACCOUNTS = `
groupadd --system nixbld
for i in $(seq 1 32); do
  useradd --system --gid nixbld --groups nixbld --no-create-home --home-dir /var/empty --shell /usr/sbin/nologin "nixbld$i"
done
for user in builder stranger; do
  useradd --create-home --shell /bin/bash "$user"
  usermod --password '*' "$user"
done
usermod --password '*' root
mkdir -p /nix
rm -f /etc/ssh/ssh_host_*`;

const OPTIONS = [
  '--variant=minbase',
  `--include=${PACKAGES}`,
  // The newest suite's release file is often past its date.
  '--aptopt=Acquire::Check-Valid-Until "false"',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*',
  `--customize-hook=chroot "$1" sh -ec '${ACCOUNTS.replaceAll("'", `'\\''`)}'`,
];

/** Folder of a version's tree; its name changes with the recipe, so an old tree is never mistaken for a new one. */
export function treeFolder(version: NixVersion): string {
  const recipe = createHash('sha256').update(OPTIONS.join('\n')).digest('hex').slice(0, 8);
  return join(cacheFolder(), 'trees', `${SUITES[version]}-${recipe}`);
}

/** The versions whose trees still have to be built. */
export function missingTrees(): readonly NixVersion[] {
  return NIX_VERSIONS.filter((version) => !existsSync(treeFolder(version)));
}

/** Builds the missing trees side by side (half a minute, 1 GB). Needs root and mmdebstrap. Safe to interrupt and to run twice at once. */
export async function ensureTrees(log: (line: string) => void): Promise<void> {
  const missing = missingTrees();
  if (missing.length === 0) return;
  await mkdir(join(cacheFolder(), 'trees'), { recursive: true });
  await removeAbandoned();
  const mirror = await debianMirror();
  await Promise.all(
    missing.map(async (version) => {
      log(`building the tree for Nix ${version} (Debian ${SUITES[version]})`);
      await buildTree(version, mirror);
      const found = await packagedVersion(version);
      if (!found.startsWith(version))
        log(
          `Debian ${SUITES[version]} now has Nix ${found}, not ${version}: the hosts of this version run that`,
        );
    }),
  );
}

async function buildTree(version: NixVersion, mirror: readonly string[]): Promise<void> {
  const folder = treeFolder(version);
  const temporary = `${folder}.building-${process.pid}`;
  await mustRun(['mmdebstrap', ...(await proxyOptions()), ...OPTIONS, SUITES[version], temporary, ...mirror]);
  try {
    await rename(temporary, folder);
  } catch (cause) {
    // Another process finished the same tree first; its tree is as good.
    if (!existsSync(folder)) throw cause;
    await removeTree(temporary);
  }
}

/** The mirror of this machine's own apt when it serves Debian; otherwise mmdebstrap knows the suite's default. */
async function debianMirror(): Promise<readonly string[]> {
  const targets = await runCommand([
    'apt-get',
    'indextargets',
    '--format',
    '$(ORIGIN)|$(LABEL)|$(REPO_URI)',
    'Created-By: Packages',
  ]);
  for (const line of targets.stdout.split('\n')) {
    const [origin, label, uri] = line.split('|');
    if (origin === 'Debian' && label === 'Debian' && uri !== undefined) return [uri];
  }
  return [];
}

/** mmdebstrap reads no apt configuration of the machine, so a proxy has to be handed on. */
async function proxyOptions(): Promise<readonly string[]> {
  const dump = await runCommand(['apt-config', 'dump']);
  return dump.stdout
    .split('\n')
    .map((line) => line.replace(/;$/, ''))
    .filter((line) => /^Acquire::https?::.* "[^"]+"$/.test(line))
    .map((line) => `--aptopt=${line}`);
}

async function packagedVersion(version: NixVersion): Promise<string> {
  return mustRun(['chroot', treeFolder(version), 'dpkg-query', '-W', '-f', '${Version}', 'nix-bin']);
}

async function removeAbandoned(): Promise<void> {
  const parent = join(cacheFolder(), 'trees');
  for (const entry of await readdir(parent)) {
    const pid = /\.building-(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeTree(join(parent, entry));
  }
}

async function removeTree(folder: string): Promise<void> {
  // rm's own guard: a mount left inside an interrupted tree must not be emptied.
  await mustRun(['rm', '-rf', '--one-file-system', folder]);
}
