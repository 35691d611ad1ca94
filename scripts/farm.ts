import { spawn } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFarm } from '../test/support/farm/farm.ts';
import type { Farm } from '../test/support/farm/farm.ts';
import { claimedSlots, sweepDeadSlots } from '../test/support/farm/slot.ts';
import type { ClaimedSlot } from '../test/support/farm/slot.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';
import { NIX_VERSIONS } from './provision/trees.ts';

const USAGE = `usage: npm run farm -- <command>
  up [N]        bring up N hosts (default 3) that stay until "down"
  status        show the farms that are up
  down [SLOT]   take down the farm in this slot, or every farm that "up" made`;

const DESCRIPTION_FILE = 'description';
const MAX_HOSTS = 200;
const NEWEST_FIRST = NIX_VERSIONS.toReversed();

await rerunAsRoot();
const [command, argument] = process.argv.slice(2);
switch (command) {
  case 'up':
    await up(hostCount(argument));
    break;
  case 'hold':
    await hold(hostCount(argument));
    break;
  case 'status':
    await status();
    break;
  case 'down':
    await down(argument);
    break;
  case undefined:
  default:
    console.error(USAGE);
    process.exitCode = 2;
}

/** Starts a process that owns the farm after this one has ended. */
async function up(count: number): Promise<void> {
  const support = await provisionFarm(console.log);
  if (!support.ok) {
    console.error(`no farm on this machine: ${support.reason}`);
    process.exitCode = 1;
    return;
  }
  const holder = spawn(process.execPath, [import.meta.filename, 'hold', String(count)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  holder.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  for (;;) {
    const slot = (await claimedSlots()).find(({ ownerPid }) => ownerPid === holder.pid);
    const text = slot === undefined ? undefined : await description(slot);
    if (text !== undefined) {
      console.log(text);
      holder.stderr.destroy();
      holder.unref();
      return;
    }
    if (holder.exitCode !== null) {
      console.error(complaint);
      process.exitCode = 1;
      return;
    }
    await sleep(20);
  }
}

async function hold(count: number): Promise<void> {
  const options = Array.from({ length: count }, (_, index) => {
    const nix = NEWEST_FIRST[index % NEWEST_FIRST.length];
    return { name: `b${index + 1}`, ...(nix === undefined ? {} : { nix }) };
  });
  await using farm = await startFarm(options);
  const ended = new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  const temporary = join(farm.folder, `${DESCRIPTION_FILE}.new`);
  await writeFile(temporary, describe(farm));
  await rename(temporary, join(farm.folder, DESCRIPTION_FILE));
  // A pending promise alone does not keep the process alive.
  const alive = setInterval(() => {}, 2 ** 30);
  await ended;
  clearInterval(alive);
}

function describe(farm: Farm): string {
  return [
    ...farm.hosts.map((host) => `${host.name}  ${host.address}  Nix ${host.options.nix}`),
    '',
    `private key   ${farm.clientKeyPath}`,
    `known hosts   ${farm.knownHostsPath}`,
    `log in        ssh -F ${farm.sshConfigPath} root@${farm.hosts[0]?.address}`,
    `stock nix     NIX_SSHOPTS="-F ${farm.sshConfigPath}" nix store ping --store ssh-ng://builder@${farm.hosts[0]?.address}`,
    'machine lines',
    ...farm.hosts.map((host) => `  ${host.machineLine({ keyPath: farm.clientKeyPath })}`),
  ].join('\n');
}

async function status(): Promise<void> {
  const slots = await claimedSlots();
  if (slots.length === 0) console.log('no farm is up');
  for (const slot of slots) {
    const owner = slot.ownerAlive ? `process ${slot.ownerPid}` : 'left behind by a dead process';
    console.log(`farm ${slot.number} (${owner})\n${(await description(slot)) ?? 'of a running test'}\n`);
  }
}

async function down(slotNumber: string | undefined): Promise<void> {
  await sweepDeadSlots();
  for (const slot of await claimedSlots()) {
    const wanted =
      slotNumber === undefined ? (await description(slot)) !== undefined : slot.number === Number(slotNumber);
    if (!wanted) continue;
    process.kill(slot.ownerPid, 'SIGTERM');
    while ((await claimedSlots()).some(({ number }) => number === slot.number)) await sleep(20);
    console.log(`farm ${slot.number} is down`);
  }
}

function description(slot: ClaimedSlot): Promise<string | undefined> {
  return readFile(join(slot.folder, DESCRIPTION_FILE), 'utf8').catch(() => undefined);
}

function hostCount(text = '3'): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_HOSTS) return count;
  console.error(`expected a number of hosts from 1 to ${MAX_HOSTS}, got "${text}"`);
  process.exit(2);
}
